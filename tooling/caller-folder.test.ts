import { describe, expect, it } from 'vitest';
import { callerFolder } from './caller-folder.mjs';

const calledBy = (script: string | undefined, folder: string | undefined) =>
  callerFolder({ npm_lifecycle_event: script, INIT_CWD: folder });

describe('the folder of the caller', () => {
  it('is where `npm run aos` was called', () => {
    expect(calledBy('aos', '/somewhere/below')).toBe('/somewhere/below');
  });

  it.each([
    ['another script', 'bench', '/somewhere'],
    ['no script', undefined, '/somewhere'],
    ['a script that nobody called', 'aos', undefined],
    ['an empty place', 'aos', ''],
  ])('is not taken for %s', (_, script, folder) => {
    expect(calledBy(script, folder)).toBeUndefined();
  });
});
