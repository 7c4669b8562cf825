import { ok, type Result, refuse } from '@aos/canon';
import { builtinSchema } from '../builtins/catalogue.js';
import type { DefSchema } from '../forms/definitions.js';
import { SchemaCompiler, type TypeLookup } from '../values/compile.js';
import type { CompiledSchema } from '../values/schema.js';
import { checkTypes } from '../values/types.js';

/**
 * Compiles schemas outside of any world; they may refer to each other and to built-in ones.
 *
 * Codes: `schema-not-found`, `schema-recursive`, `schema-depth`, `definition-duplicate`; `at` is
 * the name of the schema and a JSON pointer into its type.
 */
export function compileSchemas(
  schemas: readonly DefSchema[],
): Result<ReadonlyMap<string, CompiledSchema>> {
  const types = new Map(schemas.map(({ name, type }) => [name, type]));
  if (types.size < schemas.length) {
    return refuse('definition-duplicate', '', 'expected every schema name once');
  }
  const typeOf: TypeLookup = (name) => types.get(name) ?? builtinSchema(name)?.type;
  const { problems } = checkTypes(types.keys(), typeOf);
  const [problem] = problems;
  if (problem !== undefined) {
    return refuse(problem.code, `${problem.schema}#${problem.at}`, problem.message);
  }
  const compiler = new SchemaCompiler(typeOf);
  return ok(new Map([...types.keys()].map((name) => [name, compiler.schema(name)])));
}
