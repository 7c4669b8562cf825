import { ok, type Result, refuse } from '@aos/canon';
import { builtinSchema } from '../builtins/catalogue.js';
import { type DefSchema, defSchema } from '../forms/definitions.js';
import type { Problem } from '../forms/form.js';
import { SchemaCompiler, type TypeLookup } from '../values/compile.js';
import type { CompiledSchema } from '../values/schema.js';
import { checkTypes } from '../values/types.js';

/**
 * Compiles schemas outside of any world; they may refer to each other and to built-in ones.
 *
 * The first problem is the refusal. Codes: those of a `defschema` form, `definition-duplicate`,
 * `schema-not-found`, `schema-recursive`, `schema-depth`; `at` is a JSON pointer into the
 * list.
 */
export function compileSchemas(
  schemas: readonly DefSchema[],
): Result<ReadonlyMap<string, CompiledSchema>> {
  const problems: Problem[] = [];
  const read = schemas.map((schema, i) => defSchema.read(schema, `/${i}`, problems));
  const [malformed] = problems;
  if (malformed !== undefined) return refuse(malformed.code, malformed.at, malformed.message);
  const types = new Map(read.flatMap((each) => (each ? [[each.name, each.type] as const] : [])));
  if (types.size < schemas.length) {
    return refuse('definition-duplicate', '', 'expected every schema name once');
  }
  const typeOf: TypeLookup = (name) => types.get(name) ?? builtinSchema(name)?.type;
  const [problem] = checkTypes(types.keys(), typeOf).problems;
  if (problem !== undefined) {
    const place = schemas.findIndex(({ name }) => name === problem.schema);
    return refuse(problem.code, `/${place}/type${problem.at}`, problem.message);
  }
  const compiler = new SchemaCompiler(typeOf);
  return ok(new Map([...types.keys()].map((name) => [name, compiler.schema(name)])));
}
