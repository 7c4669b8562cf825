/** Type expressions: the types of the language, as they stand in definitions. */
import {
  describeJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  newJsonObject,
  pointer,
} from '../json/value.js';
import { type Expectation, type Form, fail, named, object, type Problem, table } from './form.js';
import type { JsonSchema } from './json-schema.js';
import { anyText, name } from './names.js';
import { hintFor } from './near-miss.js';

const PRIMITIVES = [
  'bool',
  'int',
  'nat',
  'dec128',
  'bytes',
  'text',
  'time',
  'duration',
  'hash',
  'uuid',
  'unit',
] as const;

const KEY_PRIMITIVES = ['int', 'nat', 'text', 'uuid', 'hash'] as const;

export type Primitive = (typeof PRIMITIVES)[number];
type KeyPrimitive = (typeof KEY_PRIMITIVES)[number];

type Empty = { readonly [key: string]: never };
type OneOf<P extends string> = { readonly [K in P]: { readonly [Q in K]: Empty } }[P];

export type PrimitiveType = OneOf<Primitive>;
export type KeyType = OneOf<KeyPrimitive>;
export type TypeFields = { readonly [name: string]: TypeExpr };

export type TypeExpr =
  | PrimitiveType
  | { readonly record: TypeFields }
  | { readonly variant: TypeFields }
  | { readonly list: TypeExpr }
  | { readonly set: TypeExpr }
  | { readonly option: TypeExpr }
  | { readonly map: { readonly key: KeyType; readonly value: TypeExpr } }
  | { readonly ref: string };

/**
 * Reads a type; `$comment` beside the constructor is dropped at every type node.
 *
 * Problem codes: `type-unknown` (no such constructor), `type-reserved-tag` (a variant arm called
 * `$tag`), and those of the fields inside. Depth is that of the JSON it is read from.
 */
export const typeExpr: Form<TypeExpr> = named('Type', {
  read(json, at, problems) {
    const [word, body] = readConstructor(json, at, problems) ?? [];
    if (word === undefined) return undefined;
    const inner = BODIES[word];
    if (inner === undefined) return failWord(word, at, problems);
    const value = inner.read(body, pointer(at, word), problems);
    return value === undefined ? undefined : (wrap(word, value as JsonValue) as TypeExpr);
  },
  schema: (defs) => ({
    oneOf: Object.keys(BODIES).map((word) => constructorSchema(word, BODIES[word]?.schema(defs))),
  }),
});

const noFields: Form<unknown> = named('Empty', object({ required: {} }));

const KEY_CONSTRUCTOR: Expectation = {
  expected: `a key type: ${KEY_PRIMITIVES.join(', ')}`,
  code: 'type-unknown',
};

const keyType: Form<KeyType> = named('KeyType', {
  read(json, at, problems) {
    const [word, body] = readConstructor(json, at, problems) ?? [];
    if (word === undefined) return undefined;
    if (!(KEY_PRIMITIVES as readonly string[]).includes(word)) {
      return fail(problems, at, KEY_CONSTRUCTOR, word);
    }
    const empty = noFields.read(body, pointer(at, word), problems);
    return empty === undefined ? undefined : (wrap(word, empty as JsonObject) as KeyType);
  },
  schema: (defs) => ({
    oneOf: KEY_PRIMITIVES.map((word) => constructorSchema(word, noFields.schema(defs))),
  }),
});

const typeFields: Form<TypeFields> = table(anyText, typeExpr);

const arms: Form<TypeFields> = {
  read(json, at, problems) {
    const read = typeFields.read(json, at, problems);
    if (read === undefined || !('$tag' in read)) return read;
    problems.push({
      code: 'type-reserved-tag',
      at: pointer(at, '$tag'),
      message: 'expected arm names other than "$tag", which marks variants in data',
    });
    return undefined;
  },
  schema: (defs) => ({
    ...(typeFields.schema(defs) as object),
    propertyNames: { not: { const: '$tag' } },
  }),
};

const BODIES: { readonly [word: string]: Form<unknown> } = Object.assign(Object.create(null), {
  ...Object.fromEntries(PRIMITIVES.map((word) => [word, noFields])),
  record: typeFields,
  variant: arms,
  list: typeExpr,
  set: typeExpr,
  option: typeExpr,
  map: object({ required: { key: keyType, value: typeExpr } }),
  ref: name,
});

function failWord(word: string, at: string, problems: Problem[]): undefined {
  const words = Object.keys(BODIES);
  const message = `expected a type constructor, found ${describeJson(word)}`;
  problems.push({ code: 'type-unknown', at, message, hint: hintFor(word, words, 'constructors') });
  return undefined;
}

/** A node with one constructor; `$comment` may stand beside it. */
function constructorSchema(word: string, body: JsonSchema | undefined): JsonSchema {
  return {
    type: 'object',
    properties: { [word]: body, $comment: true },
    required: [word],
    additionalProperties: false,
  };
}

/** The one constructor word of a type node and what stands under it. */
function readConstructor(
  json: JsonValue | undefined,
  at: string,
  problems: Problem[],
): readonly [string, JsonValue] | undefined {
  if (!isJsonObject(json)) return fail(problems, at, 'a type such as {"text":{}}', json);
  const words = Object.keys(json).filter((word) => word !== '$comment');
  const word = words[0];
  if (words.length !== 1 || word === undefined) {
    problems.push({
      code: 'type-unknown',
      at,
      message: `expected exactly one type constructor, found ${words.length}`,
    });
    return undefined;
  }
  return [word, json[word] as JsonValue];
}

function wrap(word: string, body: JsonValue): JsonObject {
  const node = newJsonObject();
  node[word] = body;
  return node;
}
