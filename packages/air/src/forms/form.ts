/**
 * Forms: how a piece of authored JSON is read into a typed, canonical definition.
 *
 * F1. A form reads everything it can: every problem of a document is reported in one pass.
 * F2. What a form returns is the canonical shape: absent options, omitted-when-empty fields and
 *     comments are gone, so equal meaning has equal bytes.
 * F3. A field that a form does not know is a problem, never ignored.
 * F4. A form is the one source of its static type, of its reader and of its JSON Schema.
 */
import {
  describeJson,
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  newJsonObject,
  pointer,
} from '../json/value.js';
import type { JsonSchema, SchemaDefs } from './json-schema.js';
import { hintFor, nearest } from './near-miss.js';

/** What is wrong at one place of a document. */
export interface Problem {
  readonly code: string;
  /** JSON pointer from the root of the document. */
  readonly at: string;
  readonly message: string;
  readonly hint?: string;
}

/** Reads JSON at a pointer; `undefined` means that at least one problem was added. */
export interface Form<T> {
  read(json: JsonValue | undefined, at: string, problems: Problem[]): T | undefined;
  /** The same rule as JSON Schema 2020-12. */
  schema(defs: SchemaDefs): JsonSchema;
}

export type FormValue<F> = F extends Form<infer T> ? T : never;

/** Forms of the fields of an object, by name. */
export type Fields = { readonly [name: string]: Form<unknown> };

/** Spelled out as one object type, so that it reads well in editors and messages. */
type Flat<T> = { readonly [K in keyof T]: T[K] };

type ObjectValue<R extends Fields, O extends Fields> = Flat<
  { readonly [K in keyof R]: FormValue<R[K]> } & { readonly [K in keyof O]?: FormValue<O[K]> }
>;

export interface ObjectSpec<R extends Fields, O extends Fields> {
  readonly required: R;
  readonly optional?: O;
  /** Optional fields that mean the same empty as absent, and are absent in canonical form. */
  readonly omitEmpty?: readonly (keyof O & string)[];
  /** Fields that are allowed and left out of the definition. */
  readonly dropped?: readonly string[];
}

/** An object with exactly these fields. */
export function object<R extends Fields, O extends Fields = Record<never, never>>(
  spec: ObjectSpec<R, O>,
): Form<ObjectValue<R, O>> {
  const fields: Fields = { ...spec.required, ...spec.optional };
  const known = new Set([...Object.keys(fields), ...(spec.dropped ?? [])]);
  const required = new Set(Object.keys(spec.required));
  const omitEmpty = new Set<string>(spec.omitEmpty ?? []);
  return {
    read(json, at, problems) {
      if (!isJsonObject(json)) return fail(problems, at, 'an object', json);
      const before = problems.length;
      reportUnknown(json, at, known, problems);
      const value = newJsonObject();
      for (const name of Object.keys(fields)) {
        if (!(name in json)) {
          if (required.has(name)) reportMissing(name, at, problems);
          continue;
        }
        const field = fields[name]?.read(json[name], pointer(at, name), problems);
        if (field === undefined || (omitEmpty.has(name) && isEmpty(field))) continue;
        value[name] = field as JsonValue;
      }
      return problems.length === before ? (value as ObjectValue<R, O>) : undefined;
    },
    schema: (defs) => ({
      type: 'object',
      properties: Object.fromEntries([
        ...Object.entries(fields).map(([name, form]) => [name, form.schema(defs)]),
        ...(spec.dropped ?? []).map((name) => [name, true]),
      ]),
      ...(required.size === 0 ? {} : { required: [...required] }),
      additionalProperties: false,
    }),
  };
}

/** An object of optional fields that has at least one of the fields named. */
export function someFieldOf<O extends Fields>(
  some: readonly (keyof O & string)[],
  optional: O,
): Form<ObjectValue<Record<never, never>, O>> {
  const all = object({ required: {}, optional });
  return {
    read(json, at, problems) {
      const isBare = isJsonObject(json) && !some.some((name) => name in json);
      if (!isBare) return all.read(json, at, problems);
      const message = `expected at least one of the fields ${some.join(', ')}`;
      problems.push({ code: 'field-missing', at, message });
      return undefined;
    },
    schema: (defs) => ({
      ...(all.schema(defs) as object),
      anyOf: some.map((name) => ({ required: [name] })),
    }),
  };
}

/** A list, in the order written. */
export function list<T>(item: Form<T>): Form<readonly T[]> {
  return {
    read(json, at, problems) {
      if (!isJsonList(json)) return fail(problems, at, 'a list', json);
      const before = problems.length;
      const items = json.map((each, i) => item.read(each, pointer(at, i), problems));
      return problems.length === before ? (items as T[]) : undefined;
    },
    schema: (defs) => ({ type: 'array', items: item.schema(defs) }),
  };
}

/** A list with something in it. */
export function someOf<T>(item: Form<T>): Form<readonly T[]> {
  const all = list(item);
  return {
    read(json, at, problems) {
      if (!isJsonList(json) || json.length > 0) return all.read(json, at, problems);
      problems.push({ code: 'list-empty', at, message: 'expected at least one item, found none' });
      return undefined;
    },
    schema: (defs) => ({ type: 'array', items: item.schema(defs), minItems: 1 }),
  };
}

/** A list of distinct words, in the order written. */
export function distinct<T extends string>(item: Form<T>): Form<readonly T[]> {
  const all = list(item);
  return {
    read(json, at, problems) {
      const before = problems.length;
      const words = all.read(json, at, problems);
      const seen = new Set<string>();
      words?.forEach((word, i) => {
        if (seen.has(word)) {
          const message = `expected ${JSON.stringify(word)} once, found it again`;
          problems.push({ code: 'item-duplicate', at: pointer(at, i), message });
        }
        seen.add(word);
      });
      return problems.length === before ? words : undefined;
    },
    schema: (defs) => ({ type: 'array', items: item.schema(defs), uniqueItems: true }),
  };
}

/** A list of distinct words without a meaning of their order, which becomes alphabetical. */
export function sortedSet<T extends string>(item: Form<T>): Form<readonly T[]> {
  const words = distinct(item);
  return {
    read: (json, at, problems) => words.read(json, at, problems)?.toSorted(),
    schema: (defs) => words.schema(defs),
  };
}

/** An object used as a dictionary: any keys of one form to values of another. */
export function table<T>(key: Form<string>, item: Form<T>): Form<{ readonly [key: string]: T }> {
  return {
    read(json, at, problems) {
      if (!isJsonObject(json)) return fail(problems, at, 'an object', json);
      const before = problems.length;
      const value = Object.create(null) as { [key: string]: T };
      for (const name of Object.keys(json)) {
        const place = pointer(at, name);
        key.read(name, place, problems);
        const read = item.read(json[name], place, problems);
        if (read !== undefined) value[name] = read;
      }
      return problems.length === before ? value : undefined;
    },
    schema: (defs) => ({
      type: 'object',
      propertyNames: key.schema(defs),
      additionalProperties: item.schema(defs),
    }),
  };
}

/** Text that matches a pattern; `expected` says the pattern in words. */
export function text(pattern: RegExp, expected: string, code = 'field-type'): Form<string> {
  return {
    read(json, at, problems) {
      if (typeof json === 'string' && pattern.test(json)) return json;
      return fail(problems, at, { expected, code }, json);
    },
    schema: () =>
      pattern.source === '^' ? { type: 'string' } : { type: 'string', pattern: pattern.source },
  };
}

/** One of a closed list of words. */
export function oneOf<const W extends readonly string[]>(...words: W): Form<W[number]> {
  return {
    read(json, at, problems) {
      if (typeof json === 'string' && words.includes(json)) return json;
      const expected = words.map((word) => JSON.stringify(word)).join(' or ');
      const near = typeof json === 'string' ? nearest(json, words) : undefined;
      const hint = near === undefined ? {} : { hint: `did you mean ${near}?` };
      const message = `expected ${expected}, found ${describeJson(json)}`;
      problems.push({ code: 'field-type', at, message, ...hint });
      return undefined;
    },
    schema: () => (words.length === 1 ? { const: words[0] } : { enum: words }),
  };
}

/** An integer from 0 to 2^64 − 1, exactly as read. */
export const natural: Form<number | bigint> = {
  read(json, at, problems) {
    if ((typeof json === 'number' || typeof json === 'bigint') && json >= 0) return json;
    return fail(problems, at, 'an integer from 0 to 2^64 - 1', json);
  },
  schema: () => ({ type: 'integer', minimum: 0 }),
};

/** An integer from 1 to 2^64 − 1, exactly as read. */
export const positive: Form<number | bigint> = {
  read(json, at, problems) {
    if ((typeof json === 'number' || typeof json === 'bigint') && json > 0) return json;
    return fail(problems, at, 'an integer from 1 to 2^64 - 1', json);
  },
  schema: () => ({ type: 'integer', minimum: 1 }),
};

/** A switch that is either absent or true: false would be a second spelling of absent. */
export const flag: Form<true> = {
  read: (json, at, problems) => (json === true ? true : fail(problems, at, 'true', json)),
  schema: () => ({ const: true }),
};

/** An integer from `min` to `max`; `max` must be safe. */
export function integer(min: number, max: number): Form<number> {
  return {
    read(json, at, problems) {
      if (typeof json === 'number' && json >= min && json <= max) return json;
      return fail(problems, at, `an integer from ${min} to ${max}`, json);
    },
    schema: () => ({ type: 'integer', minimum: min, maximum: max }),
  };
}

/** The same form under a name of its own in JSON Schema documents. */
export function named<T>(name: string, form: Form<T>): Form<T> {
  return {
    read: (json, at, problems) => form.read(json, at, problems),
    schema: (defs) => defs.reference(name, (inner) => form.schema(inner)),
  };
}

/** What should stand somewhere, in words, and the code for when it does not. */
export interface Expectation {
  readonly expected: string;
  readonly code: string;
}

/** Adds the problem of a value that is not what was expected. */
export function fail(
  problems: Problem[],
  at: string,
  expectation: string | Expectation,
  found: JsonValue | undefined,
): undefined {
  const { expected, code } =
    typeof expectation === 'string' ? { expected: expectation, code: 'field-type' } : expectation;
  problems.push({ code, at, message: `expected ${expected}, found ${describeJson(found)}` });
  return undefined;
}

function reportUnknown(
  json: JsonObject,
  at: string,
  known: ReadonlySet<string>,
  problems: Problem[],
): void {
  for (const name of Object.keys(json)) {
    if (known.has(name)) continue;
    problems.push({
      code: 'field-unknown',
      at: pointer(at, name),
      message: `expected only known fields, found ${JSON.stringify(name)}`,
      hint: hintFor(name, [...known], 'fields here'),
    });
  }
}

function reportMissing(name: string, at: string, problems: Problem[]): void {
  problems.push({
    code: 'field-missing',
    at,
    message: `expected the field ${JSON.stringify(name)}, found nothing under that name`,
  });
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
