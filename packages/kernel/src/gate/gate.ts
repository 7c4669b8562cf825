/**
 * The gate of a definition: its effects, grants, policy and secrets, made ready once, so that
 * asking costs the same however much there is of them.
 *
 * G1. A function of the definition alone: two definitions of one manifest hash have equal gates,
 *     and the order in which maps were filled has no meaning.
 * G2. Whatever cannot be understood of a grant makes it deny, never allow.
 */
import type { WorldDefinition } from '@aos/air';
import type { Hash } from '@aos/canon';
import { type CompiledGrant, compileGrants } from './grants/grants.js';
import { compileSecrets, type SecretRules } from './grants/secrets.js';
import { compilePolicy, type GatePolicy } from './policy/policy.js';
import { compileEffects, type GateEffect } from './requests/gate-effect.js';

export interface Gate {
  readonly manifestHash: Hash;
  /** By kind. */
  readonly effects: ReadonlyMap<string, GateEffect>;
  /** By name. */
  readonly grants: ReadonlyMap<string, CompiledGrant>;
  /** Without a policy nothing is let through. */
  readonly policy: GatePolicy | null;
  readonly secrets: SecretRules;
  /** The kinds that each reducer declares. */
  readonly emits: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of the grants that are bound to slots, by reducer and slot. */
  readonly slots: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Makes the gate of a definition; it is compiled once, when the definition comes into force. */
export function compileGate(definition: WorldDefinition): Gate {
  const { manifest, reducers } = definition;
  const slots = Object.entries(manifest.module_bindings ?? {}).map(
    ([reducer, bindings]) => [reducer, new Map(Object.entries(bindings.slots))] as const,
  );
  return {
    manifestHash: definition.manifestHash,
    effects: compileEffects(definition),
    grants: compileGrants(definition),
    policy: compilePolicy(definition),
    secrets: compileSecrets(definition),
    emits: new Map(reducers.map(({ name, effectsEmitted }) => [name, new Set(effectsEmitted)])),
    slots: new Map(slots),
  };
}

/** Every slot is called `default` that a module does not name otherwise. */
const DEFAULT_SLOT = 'default';

/** Name of the grant that is bound to a slot of a reducer; undefined when none is. */
export function grantOfSlot(gate: Gate, reducer: string, slot = DEFAULT_SLOT): string | undefined {
  return gate.slots.get(reducer)?.get(slot);
}
