/**
 * From what an author writes in a slot to JSON that means the same there.
 *
 * A slot without expressions is written as plainly as its type allows; as soon as an expression
 * stands anywhere in it, everything around the expression becomes an expression as well.
 */
import { parseDec128, toBase64 } from '@aos/canon';
import { isConstant } from '../../expr/ast.js';
import { parseExpr } from '../../expr/parse.js';
import { hintFor } from '../../forms/near-miss.js';
import { type JsonValue, newJsonObject, pointer } from '../../json/value.js';
import { AuthorError } from '../author-error.js';
import type { ScalarShape } from '../shape.js';
import { type AnyType, sameShape, type Type } from '../types.js';
import { type AnyTyped, isTyped, makeExpr } from './expr.js';
import { type Expr, type Input, NODE } from './typed.js';

/** A slot as JSON, and the steps that must be done before it has a value. */
export interface Slot {
  readonly json: JsonValue;
  readonly sources: ReadonlySet<object>;
}

/** A value or an expression for a slot of this type. Throws `author-literal`, `author-type`. */
export function slotOf(type: AnyType, input: unknown, at: string): Slot {
  const plain = new Writing('plain');
  const json = plain.write(type, input, at);
  if (plain.sources === undefined && !isTakenForExpr(json)) return { json, sources: new Set() };
  return expressionOf(type, input, at);
}

function expressionOf(type: AnyType, input: unknown, at: string): Slot {
  const writing = new Writing('expression');
  const json = writing.write(type, input, at);
  return { json, sources: writing.sources ?? new Set() };
}

/** A value of this type as an expression: `value(t.text, 'x')`, or a record of expressions. */
export function value<S>(type: Type<S>, input: Input<S>): Expr<S>;
export function value(type: AnyType, input: unknown): AnyTyped {
  return exprOf(type, input);
}

/** {@link value} where the compiler does not know the type. */
export function exprOf(type: AnyType, input: unknown): AnyTyped {
  const { json, sources } = expressionOf(type, input, type.name ?? '');
  return makeExpr(type, json, sources);
}

/** A literal with the type in every value, as grants keep their parameters. */
export function taggedLiteral(type: AnyType, input: unknown, at: string): JsonValue {
  const writing = new Writing(hasTagWords(type) ? 'plain' : 'literal');
  const json = writing.write(type, input, at);
  if (writing.sources === undefined) return json;
  throw new AuthorError('author-literal', at, 'expected a literal, found an expression');
}

type Lens = 'plain' | 'literal' | 'expression';

class Writing {
  /** Set by the first expression that is met. */
  sources: Set<object> | undefined;

  constructor(private readonly lens: Lens) {}

  write(type: AnyType, input: unknown, at: string): JsonValue {
    if (isTyped(input)) return this.writeExpr(type, input, at);
    const { node } = type;
    switch (node.kind) {
      case 'option':
        return input === null || input === undefined
          ? this.tag('null', {}, null)
          : this.write(node.item, input, at);
      case 'record':
        return this.writeRecord(node.fields, input, at);
      case 'variant':
        return this.writeVariant(node.fields, input, at);
      case 'list':
      case 'set':
        return this.writeItems(node.kind, node.item, input, at);
      case 'map':
        return this.writeMap(node, input, at);
      default:
        return this.writeScalar(node.kind, input, at);
    }
  }

  private writeExpr(type: AnyType, input: AnyTyped, at: string): JsonValue {
    const { json, sources, type: found } = input[NODE];
    const { node } = type;
    if (!fits(found, type) && !(node.kind === 'option' && fits(found, node.item))) {
      throw new AuthorError('author-type', at, `expected ${nameOf(type)}, found ${nameOf(found)}`);
    }
    this.sources = new Set([...(this.sources ?? []), ...sources]);
    return json;
  }

  private writeRecord(
    fields: { readonly [name: string]: AnyType },
    input: unknown,
    at: string,
  ): JsonValue {
    if (!isPlainObject(input)) throw unfit('an object', input, at);
    for (const name of Object.keys(input)) {
      if (Object.hasOwn(fields, name)) continue;
      const hint = hintFor(name, Object.keys(fields), 'fields');
      throw new AuthorError('author-literal', at, `there is no field '${name}'; ${hint}`);
    }
    const json = newJsonObject();
    for (const [name, type] of Object.entries(fields)) {
      const given = Object.hasOwn(input, name) ? input[name] : undefined;
      json[name] = this.write(type, given, pointer(at, name));
    }
    return this.tag('record', json, json);
  }

  private writeVariant(
    arms: { readonly [tag: string]: AnyType },
    input: unknown,
    at: string,
  ): JsonValue {
    const [tag, ...more] = isPlainObject(input) ? Object.keys(input) : [];
    const type = tag !== undefined && Object.hasOwn(arms, tag) ? arms[tag] : undefined;
    if (tag === undefined || more.length > 0 || type === undefined) {
      throw unfit(`{ Tag: value } with one of ${Object.keys(arms).join(', ')}`, input, at);
    }
    const payload = this.write(type, (input as { [tag: string]: unknown })[tag], pointer(at, tag));
    if (this.lens === 'plain') return object({ [tag]: payload });
    const literal = object(type.node.kind === 'unit' ? { tag } : { tag, value: payload });
    return this.lens === 'literal' ? literal : object({ variant: literal });
  }

  private writeItems(kind: 'list' | 'set', type: AnyType, input: unknown, at: string): JsonValue {
    if (!Array.isArray(input)) throw unfit('a list', input, at);
    const items = input.map((item, i) => this.write(type, item, pointer(at, i)));
    return this.tag(kind, items, items);
  }

  private writeMap(
    type: { readonly key: AnyType; readonly item: AnyType },
    input: unknown,
    at: string,
  ): JsonValue {
    if (!(input instanceof Map) && !isPlainObject(input)) throw unfit('a map', input, at);
    const given = input instanceof Map ? [...input] : Object.entries(input);
    const pairs = given.map(([key, item]): readonly [JsonValue, JsonValue] => [
      this.write(type.key, key, pointer(at, String(key))),
      this.write(type.item, item, pointer(at, String(key))),
    ]);
    if (this.lens !== 'plain') {
      return object({ map: pairs.map(([key, value]) => object({ key, value })) });
    }
    const [first] = pairs;
    const isCaptured = pairs.length === 1 && CAPTURED_KEYS.includes(first?.[0] ?? '');
    const isObject = type.key.node.kind === 'text' && !isCaptured;
    return isObject ? object(Object.fromEntries(pairs)) : pairs;
  }

  private writeScalar(kind: ScalarShape, input: unknown, at: string): JsonValue {
    const json = SCALARS[kind](input);
    if (json === undefined) throw unfit(EXPECTED[kind], input, at);
    return this.tag(TAGS[kind] ?? kind, kind === 'unit' ? {} : json, json);
  }

  private tag(word: string, tagged: JsonValue, plain: JsonValue): JsonValue {
    return this.lens === 'plain' ? plain : object({ [word]: tagged });
  }
}

/** An object with only this key is read as a tagged literal, even where a map is wanted. */
const CAPTURED_KEYS: readonly JsonValue[] = ['map', 'null'];

const TAGS: { readonly [K in ScalarShape]?: string } = {
  bytes: 'bytes_b64',
  time: 'time_ns',
  duration: 'duration_ns',
  unit: 'null',
};

/** Each scalar as JSON; undefined when the JavaScript value is none. */
const SCALARS: { readonly [K in ScalarShape]: (input: unknown) => JsonValue | undefined } = {
  bool: (input) => (typeof input === 'boolean' ? input : undefined),
  int: (input) => integer(input, -(2n ** 63n), 2n ** 63n - 1n),
  nat: (input) => integer(input, 0n, 2n ** 64n - 1n),
  time: (input) => integer(input, 0n, 2n ** 64n - 1n),
  duration: (input) => integer(input, -(2n ** 63n), 2n ** 63n - 1n),
  dec128: (input) => decimal(input),
  bytes: (input) => (input instanceof Uint8Array ? toBase64(input) : undefined),
  text: (input) => (typeof input === 'string' ? input : undefined),
  hash: (input) => matching(input, /^sha256:[0-9a-f]{64}$/),
  uuid: (input) =>
    matching(input, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  unit: (input) => (input === null ? null : undefined),
};

const EXPECTED: { readonly [K in ScalarShape]: string } = {
  bool: 'a boolean',
  int: 'an integer from -2^63 to 2^63 - 1',
  nat: 'an integer from 0 to 2^64 - 1',
  time: 'an integer of nanoseconds since 1970',
  duration: 'an integer of nanoseconds',
  dec128: 'a decimal number as text',
  bytes: 'a Uint8Array',
  text: 'a text',
  hash: 'sha256: and 64 lower-case hexadecimal digits',
  uuid: 'a lower-case UUID',
  unit: 'null',
};

/** The same type, or one whose values the language takes there as they are. */
function fits(from: AnyType, to: AnyType): boolean {
  return sameShape(from, to) || FITTING.has(`${from.node.kind} ${to.node.kind}`);
}

const FITTING: ReadonlySet<string> = new Set(['int nat', 'nat int', 'hash text', 'uuid text']);

function integer(input: unknown, least: bigint, most: bigint): JsonValue | undefined {
  if (typeof input !== 'bigint' && !Number.isSafeInteger(input)) return undefined;
  const exact = BigInt(input as number | bigint);
  if (exact < least || exact > most) return undefined;
  const small = Number(exact);
  return Number.isSafeInteger(small) ? small : exact;
}

function decimal(input: unknown): JsonValue | undefined {
  const parsed = typeof input === 'string' ? parseDec128(input) : undefined;
  return parsed?.ok === true ? parsed.value : undefined;
}

function matching(input: unknown, pattern: RegExp): JsonValue | undefined {
  return typeof input === 'string' && pattern.test(input) ? input : undefined;
}

/** True when plain JSON would be taken for an expression that computes something. */
function isTakenForExpr(json: JsonValue): boolean {
  const expr = parseExpr(json);
  return expr.ok && !isConstant(expr.value);
}

/** Words of tagged literals: where a type has them as names, only its sugar is clear. */
const TAG_WORDS: ReadonlySet<string> = new Set(['record', 'variant', 'tag', 'value', 'map']);

function hasTagWords({ node }: AnyType): boolean {
  if ('fields' in node) {
    return Object.entries(node.fields).some(([name, type]) => {
      return TAG_WORDS.has(name) || hasTagWords(type);
    });
  }
  return 'item' in node && hasTagWords(node.item);
}

function isPlainObject(input: unknown): input is { readonly [key: string]: unknown } {
  if (typeof input !== 'object' || input === null || isTyped(input)) return false;
  return !Array.isArray(input) && !(input instanceof Map) && !(input instanceof Uint8Array);
}

const object = (fields: { readonly [key: string]: JsonValue }): JsonValue =>
  Object.assign(newJsonObject(), fields);

function unfit(expected: string, found: unknown, at: string): AuthorError {
  const what = found === undefined ? 'nothing' : describe(found);
  return new AuthorError('author-literal', at, `expected ${expected}, found ${what}`);
}

function describe(found: unknown): string {
  if (typeof found === 'string') return JSON.stringify(found.slice(0, 60));
  if (typeof found === 'object' && found !== null)
    return Array.isArray(found) ? 'a list' : 'an object';
  return String(found);
}

function nameOf(type: AnyType): string {
  return type.name ?? `a value of type ${type.node.kind}`;
}
