import type { DefEffect, WorldDefinition } from '@aos/air';
import { encode, sha256, toHashText, utf8, ZERO_HASH } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { gateDefinition, gateOf } from '../../test/gate-world.js';
import { compileGate, grantOfSlot } from './gate.js';
import { EffectParams } from './requests/effect-params.js';
import { compileEffects } from './requests/gate-effect.js';

describe('the effects of a gate', () => {
  test('are those of the manifest, then those of the catalogue, each kind once', () => {
    const [own] = compileEffects(gateDefinition()).keys();
    expect(own).toBe('g.note');
    const listed = { effects: ['sys/blob.put@2'] };
    const kinds = [...compileEffects(gateDefinition(listed)).keys()];
    expect(kinds.slice(0, 2)).toEqual(['g.note', 'blob.put']);
    expect(new Set(kinds).size).toBe(kinds.length);
    expect(gateOf().effects.get('blob.put')?.scope).not.toBe('both');
    expect(gateOf(listed).effects.get('blob.put')?.scope).toBe('both');
  });

  test('are read as the catalogue says in a world that lists none', () => {
    const definition = gateDefinition();
    const { effects: _, ...manifest } = definition.manifest;
    const kinds = [...compileEffects({ ...definition, manifest }).keys()];
    expect(kinds).toContain('http.request');
    expect(kinds).not.toContain('g.note');
  });

  test.each([
    [toHashText(sha256(utf8('a program'))), sha256(utf8('a program'))],
    ['', ZERO_HASH],
    [undefined, null],
  ])('name the program %o that does them', (wasm_hash, program) => {
    const definition = gateDefinition();
    const implementation =
      wasm_hash === undefined ? {} : { implementation: { wasi: { wasm_hash } } };
    const effectOf: WorldDefinition['effectOf'] = (kind) => {
      const found = definition.effectOf(kind);
      return found && { ...found, effect: { ...found.effect, ...implementation } as DefEffect };
    };
    const compiled = compileEffects({ ...definition, effectOf });
    expect(compiled.get('g.note')?.program).toEqual(program);
  });
});

describe('the parameters of an effect', () => {
  test('are decoded once, whoever looks at them', () => {
    const params = new EffectParams(encode({ a: [1] }));
    expect(params.value()).toBe(params.value());
    expect(params.fields()).toBe(params.value());
  });

  test('have no fields unless they are a record', () => {
    expect(new EffectParams(encode('text')).fields().size).toBe(0);
    expect(new EffectParams(encode(null)).fields().size).toBe(0);
  });

  test('are made something of once for each name', () => {
    const params = new EffectParams(encode({}));
    const made = ['url', 'url', 'size'].map((name) => params.once(name, () => ({ name })));
    expect(made[0]).toBe(made[1]);
    expect(made.map(({ name }) => name)).toEqual(['url', 'url', 'size']);
  });
});

describe('a slot of a reducer', () => {
  const definition = gateDefinition();
  const bound = { 'g/R@1': { slots: { default: 'note', other: 'more' } } };
  const gateWith = (module_bindings: typeof bound | undefined) => {
    const { module_bindings: _, ...manifest } = definition.manifest;
    const own = module_bindings === undefined ? manifest : { ...manifest, module_bindings };
    return compileGate({ ...definition, manifest: own });
  };

  test('is bound to the grant that the manifest names', () => {
    const gate = gateWith(bound);
    expect(grantOfSlot(gate, 'g/R@1')).toBe('note');
    expect(grantOfSlot(gate, 'g/R@1', 'other')).toBe('more');
  });

  test('is bound to none that nobody named', () => {
    expect(grantOfSlot(gateWith(bound), 'g/R@1', 'third')).toBe(undefined);
    expect(grantOfSlot(gateWith(bound), 'g/S@1')).toBe(undefined);
    expect(grantOfSlot(gateWith(undefined), 'g/R@1')).toBe(undefined);
  });
});
