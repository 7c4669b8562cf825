import { assert } from '@aos/canon';
import type { DefinitionIndex } from '../validate/definition-index.js';
import { SchemaCompiler } from '../values/compile.js';
import type { CompiledSchema } from '../values/schema.js';
import { compileSchemas } from './compile.js';
import type { SlotSchemas } from './normal-form.js';

/** The schemas of slots, as the definitions of a world give them. */
export function slotSchemas(index: DefinitionIndex): SlotSchemas {
  const schema = (name: string): CompiledSchema | undefined => index.types.schema(name);
  const inputOf = (plan: string): string | undefined => index.plans.get(plan)?.value.input;
  const lists = new SchemaCompiler((name) =>
    name.startsWith(LIST_OF)
      ? { list: { ref: name.slice(LIST_OF.length) } }
      : index.types.typeOf(name),
  );
  return {
    schema,
    effectParams(kind) {
      const effect = index.effectsByKind.get(kind)?.value;
      return effect === undefined ? undefined : schema(effect.params_schema);
    },
    planInput(plan) {
      const input = inputOf(plan);
      return input === undefined ? undefined : schema(input);
    },
    planInputs(plan) {
      const input = inputOf(plan);
      const isSound = input !== undefined && index.types.typeOf(input) !== undefined;
      return isSound ? lists.schema(`${LIST_OF}${input}`) : undefined;
    },
    capParams: (cap) => index.paramsSchema(cap),
    idempotencyKey: idempotencyKey(),
  };
}

/** No schema has a name with a space in it. */
const LIST_OF = 'list of ';

function idempotencyKey(): CompiledSchema {
  const name = 'sys/IdempotencyKey@1';
  const compiled = compileSchemas([{ $kind: 'defschema', name, type: { hash: {} } }]);
  const schema = compiled.ok ? compiled.value.get(name) : undefined;
  assert(schema !== undefined, 'a hash is a sound type');
  return schema;
}
