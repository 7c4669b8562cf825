import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256, toHashText, utf8 } from '@aos/canon';
import { afterAll, expect, it } from 'vitest';
import { readSettings, snapshotPolicy } from './settings.js';

const home = mkdtempSync(join(tmpdir(), 'aos-settings-'));
const genesis = utf8('a genesis');
const world = toHashText(sha256(genesis));

afterAll(() => rmSync(home, { recursive: true }));

function read(value: unknown) {
  writeFileSync(join(home, 'settings.json'), JSON.stringify(value));
  return readSettings(home);
}

it('the snapshots of a world follow what is set for it, else what is set for all', () => {
  expect(snapshotPolicy(read({}), { genesis })).toEqual({});
  const settings = read({
    snapshots: { '*': { records: 10, seconds: 5 }, [world]: { records: 7 } },
  });
  expect(snapshotPolicy(settings, { genesis })).toEqual({ records: 7, seconds: 5 });
  expect(snapshotPolicy(settings, { genesis: utf8('other') })).toEqual({ records: 10, seconds: 5 });
});

it.each([
  { snapshots: [] },
  { snapshots: { world: {} } },
  { snapshots: { '*': { record: 1 } } },
  { snapshots: { '*': { records: 0 } } },
  { snapshots: { '*': { seconds: '1' } } },
])('snapshots in another form are refused: %j', (value) => {
  expect(() => read(value)).toThrow(expect.objectContaining({ code: 'settings-invalid' }));
});
