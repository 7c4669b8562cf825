import { assembleModule, type EngineFixture, engineContract, op } from '@aos/protocol/contracts';
import { describe, expect, it } from 'vitest';
import { WasmEngine } from './engine.js';

function openFixture(): EngineFixture {
  const engine = new WasmEngine();
  return { engine, load: (bytes) => engine.load(bytes) };
}

describe('the engine contract', () => {
  for (const { name, run } of engineContract) it(name, () => run(openFixture()));
});

it('knows a module by the entry that it was admitted with', () => {
  const engine = new WasmEngine();
  const bytes = assembleModule({
    memoryPages: 1,
    functions: [
      { params: 1, results: 1, body: [op.constant(8)] },
      { params: 2, results: 2, body: [op.constant(8), op.constant(0)] },
    ],
    exports: { memory: ['memory', 0], alloc: ['function', 0], step: ['function', 1] },
  });
  const loaded = engine.load(bytes, 'step');
  if (!loaded.ok) throw new Error(loaded.refusal.detail);
  expect(engine.has(loaded.value, 'step')).toBe(true);
  expect(engine.has(loaded.value, 'run')).toBe(false);
  expect(engine.load(bytes, 'run')).toMatchObject({ refusal: { code: 'module-export-missing' } });
  expect(engine.has(loaded.value, 'run')).toBe(false);
});
