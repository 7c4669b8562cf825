/** What a module's source is written against: the schemas it can reach, and how they are called. */
import { builtinSchema, builtinSchemaNames, type TypeExpr } from '@aos/air';
import { type Identifiers, splitSchemaName, toPascalCase } from './identifiers.js';
import type { ModuleTypes } from './module-types.js';

/** All types by name. */
export function schemasOf({ schemas }: ModuleTypes): ReadonlyMap<string, TypeExpr> {
  const builtin = builtinSchemaNames().flatMap((name) => builtinSchema(name) ?? []);
  return new Map([...builtin, ...inOrder(schemas)].map(({ name, type }) => [name, type]));
}

export function inOrder<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Schemas that the module's interface and its effects name. */
export function namesIn(types: ModuleTypes): readonly string[] {
  const { module } = types;
  if (module.module_kind === 'pure') return [module.abi.pure.input, module.abi.pure.output];
  const { state, event, annotations } = module.abi.reducer;
  const named = [state, event, annotations, module.key_schema, ...effectParams(types).values()];
  return named.filter((name) => name !== undefined);
}

/** The schemas of the world, and the built-in ones that they and the module lead to. */
export function reached(
  types: ModuleTypes,
  all: ReadonlyMap<string, TypeExpr>,
): ReadonlySet<string> {
  const names = new Set([...inOrder(types.schemas).map(({ name }) => name), ...namesIn(types)]);
  for (const name of names) for (const found of referencesOf(all.get(name))) names.add(found);
  return names;
}

/** A reference has a text under `ref`; a field of that name has a type. */
export function referencesOf(type: unknown): readonly string[] {
  if (typeof type !== 'object' || type === null) return [];
  return Object.entries(type).flatMap(([word, inner]) =>
    word === 'ref' && typeof inner === 'string' ? [inner] : referencesOf(inner),
  );
}

/**
 * `Counter` of `demo/Counter@1`; `Counter1` where another schema would be called the same, and
 * `DemoCounter1` where that is not enough.
 */
export function nameTypes(
  schemas: readonly string[],
  types: Identifiers,
): ReadonlyMap<string, string> {
  const forms = schemas.map((name) => {
    const { namespace, local, version } = splitSchemaName(name);
    const short = toPascalCase(local);
    return { name, forms: [short, short + version, toPascalCase(namespace) + short + version] };
  });
  const claims = new Map<string, number>();
  for (const form of forms.flatMap((each) => each.forms)) {
    claims.set(form, (claims.get(form) ?? 0) + 1);
  }
  return new Map(
    forms.map(({ name, forms: [...candidates] }) => {
      const free = candidates.find((form) => claims.get(form) === 1 && types.isFree(form));
      return [name, types.take(free ?? (candidates.at(-1) as string))];
    }),
  );
}

/** Parameter schemas by the kinds that the reducer may emit, as far as they are known. */
export function effectParams({ module, effects = [] }: ModuleTypes): ReadonlyMap<string, string> {
  const kinds = module.module_kind === 'reducer' ? module.abi.reducer.effects_emitted : [];
  const known = (kinds ?? []).map((kind): readonly [string, string] => {
    const declared = effects.find((effect) => effect.kind === kind)?.params_schema;
    return [kind, declared ?? `sys/${toPascalCase(kind)}Params@1`];
  });
  return new Map(
    known.filter(
      ([kind, params]) =>
        effects.some((effect) => effect.kind === kind) || builtinSchema(params) !== undefined,
    ),
  );
}
