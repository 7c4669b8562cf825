import { CURRENT_RUNTIME, DEFAULT_CALL_LIMITS } from '@aos/protocol';
import { assembleModule, type ModuleParts, op } from '@aos/protocol/contracts';
import { describe, expect, it } from 'vitest';
import { WasmEngine } from './engine.js';
import { GUARD_VERSION } from './guard/instrument.js';
import { PRICES_VERSION } from './guard/prices.js';

/** A pure module that answers with its input. */
const PURE: ModuleParts = {
  memoryPages: 1,
  functions: [
    { params: 1, results: 1, body: [op.constant(8)] },
    { params: 2, results: 2, body: [op.localGet(0), op.localGet(1)] },
  ],
  exports: { memory: ['memory', 0], alloc: ['function', 0], run: ['function', 1] },
};

describe('loading', () => {
  it('accepts modules up to the largest size, and none above', () => {
    const bytes = assembleModule(PURE);
    expect(new WasmEngine({ maxModuleBytes: bytes.length }).load(bytes).ok).toBe(true);
    expect(new WasmEngine({ maxModuleBytes: bytes.length - 1 }).load(bytes)).toMatchObject({
      refusal: { code: 'module-too-large' },
    });
  });

  it('refuses a module without the entry that is asked for', () => {
    const engine = new WasmEngine();
    const bytes = assembleModule(PURE);
    expect(engine.load(bytes, 'run').ok).toBe(true);
    expect(engine.load(bytes, 'step')).toMatchObject({
      refusal: { code: 'module-export-missing', at: '/exports/step' },
    });
  });

  it('refuses a module with exceptions, whatever the platform says of them', () => {
    const functions = [...(PURE.functions ?? []), { body: [op.throw(0)] }];
    const bytes = assembleModule({ ...PURE, functions, tags: 1, start: 2 });
    expect(new WasmEngine().load(bytes)).toMatchObject({ refusal: { code: 'module-feature' } });
  });

  it('goes by the limits of the world that will call the module', () => {
    const [bytes, pages] = [assembleModule({ ...PURE, memoryPages: 300 }), 300];
    const limits = { ...DEFAULT_CALL_LIMITS, memoryPages: pages };
    expect(new WasmEngine().load(bytes)).toMatchObject({ refusal: { code: 'memory-limit' } });
    expect(new WasmEngine().load(bytes, 'run', { limits }).ok).toBe(true);
  });

  it('speaks the versions that new worlds get', () => {
    const { guard, prices } = CURRENT_RUNTIME;
    expect({ guard, prices }).toEqual({ guard: GUARD_VERSION, prices: PRICES_VERSION });
  });

  it('points at an import whatever its name', () => {
    const bytes = assembleModule({ ...PURE, imports: [['a/b', '~']] });
    expect(new WasmEngine().load(bytes)).toMatchObject({
      refusal: { code: 'module-imports', at: '/imports/a~1b/~0' },
    });
  });

  it('keeps nothing of a module that is only inspected', () => {
    const engine = new WasmEngine();
    const bytes = assembleModule(PURE);
    expect(engine.inspect(bytes).ok).toBe(true);
    const loaded = new WasmEngine().load(bytes);
    expect(loaded.ok && engine.has(loaded.value)).toBe(false);
  });
});

describe('the report', () => {
  const namesOf = (parts: ModuleParts) =>
    new WasmEngine().inspect(assembleModule(parts)).checks.map(({ name, ok }) => `${name} ${ok}`);

  it('lists every check of a sound module', () => {
    expect(namesOf(PURE)).toEqual([
      'size true',
      'format true',
      'features true',
      'guard true',
      'exports true',
      'memory true',
      'start true',
      'smoke call true',
    ]);
  });

  it('ends with the check that failed', () => {
    const report = new WasmEngine().inspect(assembleModule({ ...PURE, exports: {} }));
    expect(report).toMatchObject({ ok: false, code: 'module-export-missing' });
    expect(report.checks.at(-1)).toMatchObject({ name: 'exports', ok: false });
    expect(report.checks).toHaveLength(5);
  });
});
