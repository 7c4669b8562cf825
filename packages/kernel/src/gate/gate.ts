/**
 * The gate of a definition: its effects, grants, policy and secrets, made ready once, so that
 * asking costs the same however much there is of them.
 *
 * G1. A function of the definition alone: two definitions of one manifest hash have equal gates,
 *     and the order in which maps were filled has no meaning.
 * G2. Whatever cannot be understood of a grant makes it deny, never allow.
 */
import { builtinNames, type CompiledSchema, type DefEffect, type WorldDefinition } from '@aos/air';
import type { Hash } from '@aos/canon';
import { type CompiledGrant, compileGrants } from './grants/grants.js';
import { compileSecretFinder, type SecretFinder } from './grants/secret-finder.js';
import { compileSecrets, type SecretRules } from './grants/secrets.js';
import { compilePolicy, type GatePolicy } from './policy/policy.js';

/** One kind of effect, as requests of it are read. */
export interface GateEffect {
  readonly kind: string;
  readonly capType: string;
  readonly scope: DefEffect['origin_scope'];
  readonly params: CompiledSchema;
  readonly receipt: CompiledSchema;
  /** Finds the secrets that parameters refer to; null when they cannot. */
  readonly findSecrets: SecretFinder | null;
}

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

function compileEffects(definition: WorldDefinition): ReadonlyMap<string, GateEffect> {
  const listed = definition.manifest.effects?.map(({ name }) => name) ?? [];
  const secretRef = definition.schemas.get('sys/SecretRef@1')?.type;
  const effects = new Map<string, GateEffect>();
  for (const name of [...listed, ...builtinNames('defeffect')]) {
    const kind = definition.find('defeffect', name)?.kind;
    const found = kind === undefined ? undefined : definition.effectOf(kind);
    if (kind === undefined || found === undefined || effects.has(kind)) continue;
    const { effect, params, receipt } = found;
    const { cap_type: capType, origin_scope: scope } = effect;
    const findSecrets = compileSecretFinder(params.type, secretRef);
    effects.set(kind, { kind, capType, scope, params, receipt, findSecrets });
  }
  return effects;
}
