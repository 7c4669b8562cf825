import { describe, expect, test } from 'vitest';
import { gateDefinition } from '../../test/gate-world.js';
import { compileGate, grantOfSlot } from './gate.js';

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
