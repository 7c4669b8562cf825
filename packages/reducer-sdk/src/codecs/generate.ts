/**
 * From definitions to AssemblyScript: what an author imports as `air`.
 *
 * 1. The same definitions give the same text, whatever the order of schemas, fields and arms.
 * 2. Generated encoders write canonical bytes: the order of keys is settled here, not at run time.
 * 3. Generated decoders take what the normalizer of the schema takes, indefinite lengths apart, and
 *    trap on everything else.
 */
import { compileSchemas, type DefReducerModule } from '@aos/air';
import { ok, type Result, refuse } from '@aos/canon';
import { Identifiers, splitSchemaName, toPascalCase } from './identifiers.js';
import type { ModuleTypes } from './module-types.js';
import { effectParams, inOrder, namesIn, nameTypes, reached, schemasOf } from './reachable.js';
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
  const names = nameTypes([...reached(types, all)], file.types);
  const table = new TypeTable(file, (name) => all.get(name), names);
  for (const { name } of inOrder(types.schemas)) table.schema(name);
  file.add(callText(types, table));
  return ok(file.text());
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
