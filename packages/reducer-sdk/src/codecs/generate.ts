/**
 * From definitions to AssemblyScript: what an author imports as `air`.
 *
 * 1. The same definitions give the same text, whatever the order of schemas, fields and arms.
 * 2. Generated encoders write canonical bytes: the order of keys is settled here, not at run time.
 * 3. Generated decoders take what the normalizer of the schema takes, indefinite lengths apart, and
 *    trap on everything else.
 */
import {
  builtinSchema,
  builtinSchemaNames,
  compileSchemas,
  type DefReducerModule,
  type TypeExpr,
} from '@aos/air';
import { ok, type Result, refuse } from '@aos/canon';
import { Identifiers, splitSchemaName, toPascalCase } from './identifiers.js';
import type { ModuleTypes } from './module-types.js';
import { SourceFile } from './source-file.js';
import { type Outgoing, runText, stepText } from './steps.js';
import { TypeTable } from './types.js';

/**
 * Writes the types, codecs and typed call of a module. Codes: those of `compileSchemas`, and
 * `schema-not-found` for a schema that the module names.
 */
export function generateCodecs(types: ModuleTypes): Result<string> {
  const compiled = compileSchemas(types.schemas);
  if (!compiled.ok) return compiled;
  const all = schemasOf(types);
  const missing = namesIn(types).find((name) => !all.has(name));
  if (missing !== undefined) {
    return refuse('schema-not-found', types.module.name, `found no schema ${missing}`);
  }
  const file = new SourceFile();
  const names = nameTypes([...reached(types, all)], file);
  const table = new TypeTable(file, (name) => all.get(name), names);
  for (const { name } of inOrder(types.schemas)) table.schema(name);
  file.add(callText(types, table));
  return ok(file.text());
}

/** All types by name. */
function schemasOf({ schemas }: ModuleTypes): ReadonlyMap<string, TypeExpr> {
  const builtin = builtinSchemaNames().flatMap((name) => builtinSchema(name) ?? []);
  return new Map([...builtin, ...inOrder(schemas)].map(({ name, type }) => [name, type]));
}

function inOrder<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Schemas that the module's interface and its effects name. */
function namesIn(types: ModuleTypes): readonly string[] {
  const { module } = types;
  if (module.module_kind === 'pure') return [module.abi.pure.input, module.abi.pure.output];
  const { state, event, annotations } = module.abi.reducer;
  const named = [state, event, annotations, module.key_schema, ...effectParams(types).values()];
  return named.filter((name) => name !== undefined);
}

/** The schemas of the world, and the built-in ones that they and the module lead to. */
function reached(types: ModuleTypes, all: ReadonlyMap<string, TypeExpr>): ReadonlySet<string> {
  const names = new Set([...inOrder(types.schemas).map(({ name }) => name), ...namesIn(types)]);
  for (const name of names) for (const found of referencesOf(all.get(name))) names.add(found);
  return names;
}

/** A reference has a text under `ref`; a field of that name has a type. */
function referencesOf(type: unknown): readonly string[] {
  if (typeof type !== 'object' || type === null) return [];
  return Object.entries(type).flatMap(([word, inner]) =>
    word === 'ref' && typeof inner === 'string' ? [inner] : referencesOf(inner),
  );
}

/**
 * `Counter` of `demo/Counter@1`; `Counter1` where another schema would be called the same, and
 * `DemoCounter1` where that is not enough.
 */
function nameTypes(schemas: readonly string[], file: SourceFile): ReadonlyMap<string, string> {
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
      const free = candidates.find((form) => claims.get(form) === 1 && file.types.isFree(form));
      return [name, file.types.take(free ?? (candidates.at(-1) as string))];
    }),
  );
}

function callText(types: ModuleTypes, table: TypeTable): string {
  const { module } = types;
  if (module.module_kind === 'reducer') return reducerText(module, types, table);
  const { input, output } = module.abi.pure;
  return runText(module.name, table.schema(input), table.schema(output));
}

function reducerText(module: DefReducerModule, types: ModuleTypes, table: TypeTable): string {
  const { state, event, annotations } = module.abi.reducer;
  const optional = (name: string | undefined) =>
    name === undefined ? undefined : table.schema(name);
  const effects = [...effectParams(types)].map(([name, params]): Outgoing => {
    return { name, suffix: toPascalCase(name), codec: table.schema(params) };
  });
  const suffixes = new Identifiers();
  const events = inOrder(types.schemas).map(({ name }): Outgoing => {
    const suffix = suffixes.take(toPascalCase(splitSchemaName(name).local));
    return { name, suffix, codec: table.schema(name) };
  });
  return stepText({
    module: module.name,
    state: table.schema(state),
    event: table.schema(event),
    annotations: optional(annotations),
    key: optional(module.key_schema),
    events,
    effects,
  });
}

/** Parameter schemas by the kinds that the reducer may emit, as far as they are known. */
function effectParams({ module, effects = [] }: ModuleTypes): ReadonlyMap<string, string> {
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
