import { DEFAULT_CALL_LIMITS } from '@aos/protocol';
import { assembleModule, op } from '@aos/protocol/contracts';
import { assert, constantFrom, nat, property, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { WasmEngine } from './engine.js';

const PAIR = assembleModule({
  memoryPages: 1,
  functions: [
    { params: 1, results: 1, body: [op.constant(8)] },
    { params: 2, results: 2, body: [op.localGet(0), op.localGet(1)] },
  ],
  exports: { memory: ['memory', 0], alloc: ['function', 0], step: ['function', 1] },
});

const RESULT_POINTER = assembleModule({
  memoryPages: 1,
  functions: [
    { params: 1, results: 1, body: [op.constant(64)] },
    { params: 3, body: [op.localGet(0), op.localGet(1), op.store] },
  ],
  exports: { memory: ['memory', 0], alloc: ['function', 0], step: ['function', 1] },
});

const FAULT = /^(module-|out-of-fuel|stack-overflow|memory-limit)/;

const mutation = { base: constantFrom(PAIR, RESULT_POINTER), at: nat(), byte: nat({ max: 255 }) };

it('answers for every module a byte away from a sound one, and never throws', () => {
  assert(
    property(mutation.base, mutation.at, mutation.byte, (base, at, byte) => {
      const bytes = base.slice();
      bytes[at % bytes.length] = byte;
      const engine = new WasmEngine();
      const module = engine.load(bytes);
      if (!module.ok) {
        expect(module.refusal.code).toMatch(/^(module-|memory-limit)/);
        return;
      }
      const outcome = engine.call(module.value, 'step', bytes, DEFAULT_CALL_LIMITS);
      if (outcome.kind === 'fault') expect(outcome.code).toMatch(FAULT);
    }),
    { numRuns: 2_000 },
  );
});

it('refuses noise', () => {
  assert(
    property(uint8Array({ maxLength: 256 }), (bytes) => {
      expect(new WasmEngine().load(bytes)).toMatchObject({ refusal: { code: 'module-invalid' } });
    }),
  );
});
