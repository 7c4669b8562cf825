import { fileURLToPath } from 'node:url';
import { encode, type Hash, toHex } from '@aos/canon';
import { DEFAULT_CALL_LIMITS, encodePureContext, encodePureInput } from '@aos/protocol';
import { WasmEngine } from '@aos/wasm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildScriptReducer, buildScriptReducerFolder, runNatively } from '../src/index.js';
import double from './scripts/double.js';

const FOLDER = fileURLToPath(new URL('scripts', import.meta.url));

const engine = new WasmEngine();
let module: Hash;

beforeAll(async () => {
  const built = await buildScriptReducerFolder(FOLDER, 'double', 'run');
  if (!built.ok) throw new Error(built.refusal.detail);
  const loaded = engine.load(built.value.wasm, 'run');
  if (!loaded.ok) throw new Error(loaded.refusal.detail);
  module = loaded.value;
}, 60_000);

function bakedOutcome(input: Uint8Array): string {
  const outcome = engine.call(module, 'run', input, DEFAULT_CALL_LIMITS);
  return outcome.kind === 'output' ? toHex(outcome.output) : outcome.code;
}

function nativeOutcome(input: Uint8Array): string {
  try {
    return toHex(runNatively(double, input));
  } catch {
    return 'module-trap';
  }
}

const ctx = encodePureContext({
  logicalNowNs: 2n ** 60n,
  journalHeight: 3,
  manifestHash: new Uint8Array(32) as Hash,
  module: 'test/Double@1',
});

describe('a pure module in TypeScript', () => {
  it('answers as it does natively, and traps where that throws', () => {
    const number = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constant('two'));
    const given = fc.tuple(fc.array(number, { maxLength: 5 }), fc.boolean());
    const law = fc.property(given, ([numbers, told]) => {
      const input = encodePureInput({ version: 1, input: encode(numbers), ...(told && { ctx }) });
      expect(bakedOutcome(input)).toBe(nativeOutcome(input));
    });
    fc.assert(law, { numRuns: 200 });
  });

  it('says what it computed', () => {
    const input = encodePureInput({ version: 1, input: encode([1, 2n ** 62n]) });
    const output = encode({ doubled: [2, 2n ** 63n], at: null, module: null });
    expect(bakedOutcome(input)).toBe(toHex(encodePureOutput(output)));
  });

  it('is no reducer', async () => {
    const source = `import { definePure, nat } from '@aos/reducer-sdk/script';
export default definePure({ input: nat, output: nat }, (input) => input);
`;
    const built = await buildScriptReducer({ name: 'same', source });
    expect(!built.ok && built.refusal.code).toBe('script-throws');
  });
});

/** `{output}` by hand: a map of one, its name, and bytes of less than 256. */
function encodePureOutput(output: Uint8Array): Uint8Array {
  const name = new TextEncoder().encode('output');
  return Uint8Array.of(0xa1, 0x66, ...name, 0x58, output.length, ...output);
}
