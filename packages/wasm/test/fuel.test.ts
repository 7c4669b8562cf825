/** Fuel goldens. AOS_WRITE_VECTORS=1 writes what calls come to anew, after a decided change. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GUARD_VERSION, PRICES_VERSION, WasmEngine } from '@aos/wasm';
import { describe, expect, it } from 'vitest';
import { readVectors, runVectors, vectorsPath } from './fuel-calls.js';

const runner = fileURLToPath(new URL('./run-fuel-calls.mjs', import.meta.url));

describe('the fuel of a call', () => {
  it('is the golden one', () => {
    const found = runVectors(readVectors(), new WasmEngine());
    if (process.env.AOS_WRITE_VECTORS === '1') {
      writeFileSync(vectorsPath, `${JSON.stringify(found, null, 2)}\n`);
    }
    const { guard, prices } = found;
    expect({ guard, prices }).toEqual({ guard: GUARD_VERSION, prices: PRICES_VERSION });
    expect(found).toEqual(readVectors());
  });

  it('is the same with an instance for every call', () => {
    expect(runVectors(readVectors(), new WasmEngine({ reuse: 'never' }))).toEqual(readVectors());
  });

  it.each(['--no-warnings', '--liftoff-only', '--no-liftoff', '--no-wasm-tier-up'])(
    'is the same in a process with %s',
    (option) => {
      const args = [option, runner, vectorsPath];
      const printed = execFileSync(process.execPath, args, { encoding: 'utf8' });
      const golden = readVectors().modules.flatMap(({ name, calls }) =>
        calls.map(({ output, code, fuel }) => `${name} ${code ?? output} ${fuel}`),
      );
      expect(printed.trimEnd().split('\n')).toEqual(golden);
    },
  );
});
