/** Effects as the gate reads requests of them. */
import { builtinNames, type CompiledSchema, type DefEffect, type WorldDefinition } from '@aos/air';
import { type Hash, parseHashText, ZERO_HASH } from '@aos/canon';
import { compileSecretFinder, type SecretFinder } from '../grants/secret-finder.js';

/** One kind of effect, as requests of it are read. */
export interface GateEffect {
  readonly kind: string;
  readonly capType: string;
  readonly scope: DefEffect['origin_scope'];
  readonly params: CompiledSchema;
  readonly receipt: CompiledSchema;
  /** The WASI module that does it; null where an adapter of that kind does. */
  readonly program: Hash | null;
  /** Finds the secrets that parameters refer to; null when they cannot. */
  readonly findSecrets: SecretFinder | null;
}

/** Every kind of effect that the manifest lists or the catalogue has, by kind. */
export function compileEffects(definition: WorldDefinition): ReadonlyMap<string, GateEffect> {
  const listed = (definition.manifest.effects ?? []).map(({ name }) => name);
  const names = [...listed, ...builtinNames('defeffect')];
  const kinds = names.flatMap((name) => definition.find('defeffect', name)?.kind ?? []);
  const secretRef = definition.schemas.get('sys/SecretRef@1')?.type;
  const compiled = [...new Set(kinds)]
    .flatMap((kind) => definition.effectOf(kind) ?? [])
    .map(({ effect, params, receipt }): GateEffect => {
      const { kind, cap_type: capType, origin_scope: scope } = effect;
      const findSecrets = compileSecretFinder(params.type, secretRef);
      return { kind, capType, scope, params, receipt, program: programOf(effect), findSecrets };
    });
  return new Map(compiled.map((effect) => [effect.kind, effect]));
}

/** The hash of the module that an effect names; the zero hash where none was bound. */
function programOf({ implementation }: DefEffect): Hash | null {
  if (implementation === undefined) return null;
  const hash = parseHashText(implementation.wasi.wasm_hash);
  return hash.ok ? hash.value : ZERO_HASH;
}
