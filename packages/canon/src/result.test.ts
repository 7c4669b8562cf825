import { expect, test } from 'vitest';
import { assert, Defect } from './defect.js';
import { attempt, ok, RefusalError, refuse } from './result.js';

const refusal = { code: 'some-code', at: '/a', detail: 'expected b' };

test('a refusal is plain data', () => {
  expect(refuse('some-code', '/a', 'expected b')).toEqual({ ok: false, refusal });
  expect(ok(1)).toEqual({ ok: true, value: 1 });
});

test('a thrown refusal carries its code and comes back as a result', () => {
  const error = new RefusalError(refusal);
  expect(error.name).toBe('RefusalError');
  expect(error.code).toBe('some-code');
  expect(error.message).toBe("some-code at '/a': expected b");
  const result = attempt(() => {
    throw error;
  });
  expect(result).toEqual({ ok: false, refusal });
  expect(attempt(() => 1)).toEqual(ok(1));
});

test('an attempt lets everything but a refusal through', () => {
  const defect = new Defect('broken');
  expect(defect.name).toBe('Defect');
  const run = () =>
    attempt(() => {
      throw defect;
    });
  expect(run).toThrow(defect);
});

test('an assertion that fails is a defect', () => {
  expect(() => assert(false, 'why')).toThrow(Defect);
  expect(() => assert(1 < 2, 'why')).not.toThrow();
});
