import { Defect } from '@aos/canon';
import { AosFault, type CallOutcome, DEFAULT_CALL_LIMITS } from '@aos/protocol';
import { assembleModule, type FunctionParts, type ModuleParts, op } from '@aos/protocol/contracts';
import { describe, expect, it } from 'vitest';
import { WasmEngine } from './engine.js';

const LIMITS = { ...DEFAULT_CALL_LIMITS, outputBytes: 1024 };
const INPUT = new Uint8Array([1, 2, 3]);

/** More frames than a stack holds. */
const MOST_TRIES = 100_000;
/** Far more 8 GiB address ranges than a 47-bit address space holds. */
const ENOUGH_MEMORIES = 100_000;

function reducer(step: FunctionParts, changes: Partial<ModuleParts> = {}): Uint8Array {
  return assembleModule({
    memoryPages: 1,
    functions: [{ params: 1, results: 1, body: [op.constant(8)] }, step],
    exports: { memory: ['memory', 0], alloc: ['function', 0], step: ['function', 1] },
    ...changes,
  });
}

function openCall(bytes: Uint8Array) {
  const engine = new WasmEngine();
  const module = engine.load(bytes);
  if (!module.ok) throw new Error(module.refusal.detail);
  return () => engine.call(module.value, 'step', INPUT, LIMITS);
}

const echoBody: FunctionParts = {
  params: 2,
  results: 2,
  body: [op.localGet(0), op.localGet(1)],
};
const echo = reducer(echoBody);

describe('a call', () => {
  it.each([
    ['nothing', { params: 2, results: 0, body: [] }],
    ['one value', { params: 2, results: 1, body: [op.constant(8)] }],
    ['three values', { params: 2, results: 3, body: [0, 1, 0].map(op.localGet) }],
  ])('is not made of an entry that answers with %s', (_, step) => {
    expect(new WasmEngine().load(reducer(step))).toMatchObject({
      refusal: { code: 'module-export-missing', at: '/exports/step' },
    });
  });

  it('takes no export of the module for a sign of its own', () => {
    const exports = {
      memory: ['memory', 0],
      alloc: ['function', 0],
      step: ['function', 1],
    } as const;
    const more = { trap: ['function', 0], kind: ['function', 0], reason: ['function', 0] } as const;
    const bytes = reducer(echoBody, { exports: { ...exports, ...more } });
    expect(openCall(bytes)()).toMatchObject({ kind: 'output', output: INPUT });
  });

  it('from a nearly full stack of the host is a fault of the host, never another outcome', () => {
    const body = [op.localGet(0), op.localGet(1), op.call(1)];
    const call = openCall(reducer({ params: 2, results: 2, body }));
    expect(call()).toMatchObject({ code: 'stack-overflow' });
    const ends = new Set<string>();
    const descend = () => {
      try {
        descend();
      } catch {
        // This frame and those above it are where the stack is nearly full.
      }
      if (ends.size < 2 && tries++ < MOST_TRIES) ends.add(endOf(call));
    };
    let tries = 0;
    descend();
    expect([...ends].sort()).toEqual(['engine-stack', 'stack-overflow']);
  });

  it('of a module that was not loaded is a defect', () => {
    const loaded = new WasmEngine().load(echo);
    const module = loaded.ok ? loaded.value : undefined;
    expect(() => module && new WasmEngine().call(module, 'step', INPUT, LIMITS)).toThrow(Defect);
  });

  it('on a host without memory is a fault of the host, not of the module', () => {
    const call = openCall(echo);
    const held = exhaustAddressSpace();
    expect(call).toThrow(AosFault);
    expect(call).toThrow(expect.objectContaining({ code: 'engine-memory', retry: 'later' }));
    held.length = 0;
    expect(call()).toMatchObject({ kind: 'output' });
  });
});

/** Code of a call's fault, its own or the host's; a host without room for either says nothing. */
function endOf(call: () => CallOutcome): string {
  try {
    const outcome = call();
    return outcome.kind === 'fault' ? outcome.code : 'output';
  } catch (error) {
    return error instanceof AosFault ? error.code : 'engine-stack';
  }
}

/** Takes memories until the host refuses one. */
function exhaustAddressSpace(): unknown[] {
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: { Memory: new (limits: { initial: number }) => unknown };
  };
  const held: unknown[] = [];
  try {
    while (held.length < ENOUGH_MEMORIES) held.push(new WebAssembly.Memory({ initial: 0 }));
  } catch {
    return held;
  }
  throw new Error('the address space is larger than this test expects');
}
