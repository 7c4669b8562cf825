import { type EngineFixture, engineContract } from '@aos/protocol/contracts';
import { describe, it } from 'vitest';
import { WasmEngine } from './engine.js';

function openFixture(): EngineFixture {
  const engine = new WasmEngine();
  return { engine, load: (bytes) => engine.load(bytes) };
}

describe('the engine contract', () => {
  for (const { name, run } of engineContract) it(name, () => run(openFixture()));
});
