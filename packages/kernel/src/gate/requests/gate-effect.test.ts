import type { DefEffect, WorldDefinition } from '@aos/air';
import { sha256, toHashText, utf8, ZERO_HASH } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { gateDefinition, gateOf } from '../../../test/gate-world.js';
import { compileEffects } from './gate-effect.js';

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
