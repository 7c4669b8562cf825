/**
 * Binaries of modules: admission, the guard, and whatever is admitted, called; the look at WASI
 * programs, too.
 *
 * What the platform finds invalid is refused; what the guard writes of anything valid is valid;
 * what is admitted answers the same twice, within its fuel, or faults with a code.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  boundWasiModule,
  checkWasiModule,
  DEFAULT_CALL_LIMITS,
  WASI_MODULE_LIMITS,
} from '@aos/protocol';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { instrument, WasmEngine } from '@aos/wasm';
import { isExplained, root, valueIn } from '../codes.js';

const LIMITS = { ...DEFAULT_CALL_LIMITS, fuel: 100_000, memoryPages: 64 };
const platform = Reflect.get(globalThis, 'WebAssembly') as {
  validate(bytes: Uint8Array): boolean;
};
const read = (path: string) => readFileSync(join(root, path));

/** Sections, types, opcodes and numbers as they are written. */
const pieces = [
  ...['00', '01', '03', '05', '0b', '0c00', '0d00', '0e0000', '0f', '1000', '11000000', '1a', '1b'],
  ...['2000', '2100', '2300', '2400', '280200', '360200', '3f00', '4000', '4100', '41ffffffff07'],
  ...['4200', '430000c07f', '440000000000000000', '6a', '6b', '6d', '92', '99', 'bb', 'c0', 'd070'],
  ...['fc00', 'fc080000', 'fc0a0000', 'fc0b00', 'fd0c', 'fd51', 'fe0000', '7f', '7e', '7d', '7c'],
  ...['70', '6f', '7b', '60', '0240', '0340', '0440', '05', '800100', 'ffffffff0f', '8080808008'],
  ...['06737465700000', '0372756e0000', '066d656d6f72790200', '05616c6c6f630000', '0100', '0101ff'],
];

export const target: FuzzTarget = {
  name: 'wasm',
  limitMs: 5000,
  tokens: pieces.map((hex) => new Uint8Array(Buffer.from(hex, 'hex'))),
  seeds() {
    const { modules } = JSON.parse(read('spec/vectors/fuel.json').toString()) as {
      readonly modules: readonly { readonly wasm: string }[];
    };
    const seeds = modules.map(({ wasm }) => new Uint8Array(Buffer.from(wasm, 'hex')));
    return seeds.filter(({ length }) => length <= 4096);
  },
  run(bytes) {
    const isValid = platform.validate(bytes);
    const guarded = valueIn(instrument(bytes));
    if (isValid && guarded !== undefined) {
      holds(platform.validate(guarded.bytes), 'what the guard writes is valid');
    }
    checkWasi(bytes, isValid);
    const engine = new WasmEngine();
    const loaded = valueIn(engine.load(bytes, undefined, { limits: LIMITS }));
    holds(isValid || loaded === undefined, 'what is invalid is refused');
    if (loaded === undefined) return;
    for (const entry of ['step', 'run'] as const) {
      if (!engine.inspect(bytes, entry, { limits: LIMITS }).ok) continue;
      const call = () => engine.call(loaded, entry, new Uint8Array(16), LIMITS);
      const [first, second] = [call(), call()];
      holds(JSON.stringify(first) === JSON.stringify(second), 'calls do not know of each other');
      holds(first.fuel <= LIMITS.fuel, 'fuel has a limit', () => `${first.fuel}`);
      if (first.kind === 'fault') isExplained(first.code);
    }
  },
};

function checkWasi(bytes: Uint8Array, isValid: boolean): void {
  const refusal = checkWasiModule(bytes);
  if (refusal !== undefined) {
    isExplained(refusal.code);
    return;
  }
  const bound = boundWasiModule(bytes, WASI_MODULE_LIMITS.memoryPages);
  holds(!isValid || platform.validate(bound), 'a program with bounds is valid');
}
