import { DEFAULT_CALL_LIMITS } from '@aos/protocol';
import { assembleModule, op } from '@aos/protocol/contracts';
import { expect, it } from 'vitest';
import { WasmEngine } from '../src/index.js';

const WARM_UP_CALLS = 1_000;
const CALLS = 5_000;
/** One page per call would be over 300 MiB. */
const LARGEST_GROWTH_BYTES = 128 * 1024 * 1024;

it('keeps resident memory flat over many calls', () => {
  const engine = new WasmEngine({ reuse: 'never' });
  const module = engine.load(
    assembleModule({
      memoryPages: 16,
      functions: [
        { params: 1, results: 1, body: [op.constant(8)] },
        { params: 2, results: 2, body: [op.localGet(0), op.localGet(1)] },
      ],
      exports: { memory: ['memory', 0], alloc: ['function', 0], step: ['function', 1] },
    }),
  );
  if (!module.ok) throw new Error(module.refusal.detail);
  const input = new Uint8Array(65_536).fill(1);
  const callMany = (count: number) => {
    for (let i = 0; i < count; i++) {
      engine.call(module.value, 'step', input, DEFAULT_CALL_LIMITS);
    }
  };
  callMany(WARM_UP_CALLS);
  const before = process.memoryUsage.rss();
  callMany(CALLS);
  expect(process.memoryUsage.rss() - before).toBeLessThan(LARGEST_GROWTH_BYTES);
});
