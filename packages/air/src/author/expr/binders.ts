/**
 * Expressions with a body: `cond`, `match`, and the operators over the items of a list.
 *
 * A body is a function of what it is given a name for. Names are given from the inside out, so
 * that an outer name never hides behind an inner one.
 */
import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  newJsonObject,
} from '../../json/value.js';
import { type AnyType, t } from '../types.js';
import { type AnyTyped, makeExpr, sourcesOf } from './expr.js';
import { exprOf } from './literal.js';
import { type Expr, type Input, NODE, type Typed } from './typed.js';

/** One of two values; only the one that counts is worked out. */
export function cond<S>(condition: Typed<'bool'>, yes: Typed<S>, no: Input<S>): Expr<S>;
export function cond(condition: AnyTyped, yes: AnyTyped, no: unknown): AnyTyped {
  const { type } = yes[NODE];
  const other = exprOf(type, no);
  // biome-ignore lint/suspicious/noThenProperty: the word of the language
  const json = { cond: jsonOf(condition), then: jsonOf(yes), else: jsonOf(other) };
  return makeExpr(type, { if: json }, sourcesOf(condition, yes, other));
}

type Arms<A> = { readonly [K in keyof A]: (payload: Expr<A[K]>) => AnyTyped };

type ResultOf<R> = R extends { readonly [tag: string]: (payload: never) => Typed<infer S> }
  ? S
  : never;

/** A value for each arm of a variant, from what the arm carries; of one type for all arms. */
export function match<A, R extends Arms<A>>(
  variant: Typed<{ readonly variant: A }>,
  arms: R,
): Expr<ResultOf<R>>;
export function match(
  variant: AnyTyped,
  arms: { readonly [tag: string]: (payload: never) => AnyTyped },
): AnyTyped {
  const { node } = variant[NODE].type;
  const types = 'fields' in node ? node.fields : {};
  const bodies = Object.entries(types).map(([tag, type]) => {
    const body = bind(type, (payload) => (arms[tag] as (payload: AnyTyped) => AnyTyped)(payload));
    return [tag, body] as const;
  });
  const json: { [tag: string]: JsonValue } = newJsonObject();
  for (const [tag, { name, json: then }] of bodies) {
    json[tag] = types[tag]?.node.kind === 'unit' ? { then } : { bind: name, then };
  }
  const inner = bodies.flatMap(([, body]) => [...body.sources]);
  const type = bodies[0]?.[1].type ?? t.unit;
  return makeExpr(
    type,
    { match: { on: jsonOf(variant), arms: json } },
    new Set([...sourcesOf(variant), ...inner]),
  );
}

type Items<S> = Typed<{ readonly list: S }>;

/** A value for each item. */
export function mapItems<S, R>(
  items: Items<S>,
  body: (item: Expr<S>) => Typed<R>,
): Expr<{ readonly list: R }>;
export function mapItems(items: AnyTyped, body: (item: never) => AnyTyped): AnyTyped {
  return each('map@1', items, body, t.list);
}

/** The items for which a condition holds. */
export function filterItems<S>(
  items: Items<S>,
  body: (item: Expr<S>) => Typed<'bool'>,
): Expr<{ readonly list: S }>;
export function filterItems(items: AnyTyped, body: (item: never) => AnyTyped): AnyTyped {
  return each('filter@1', items, body, () => items[NODE].type);
}

/** Whether a condition holds for any item. */
export function anyItem<S>(items: Items<S>, body: (item: Expr<S>) => Typed<'bool'>): Expr<'bool'>;
export function anyItem(items: AnyTyped, body: (item: never) => AnyTyped): AnyTyped {
  return each('any@1', items, body, () => t.bool);
}

/** Whether a condition holds for all items. */
export function allItems<S>(items: Items<S>, body: (item: Expr<S>) => Typed<'bool'>): Expr<'bool'>;
export function allItems(items: AnyTyped, body: (item: never) => AnyTyped): AnyTyped {
  return each('all@1', items, body, () => t.bool);
}

function each(
  op: string,
  items: AnyTyped,
  body: (item: never) => AnyTyped,
  result: (type: AnyType) => AnyType,
): AnyTyped {
  const { node } = items[NODE].type;
  const {
    name,
    json,
    type,
    sources: inner,
  } = bind('item' in node ? node.item : t.unit, body as (item: AnyTyped) => AnyTyped);
  return makeExpr(
    result(type),
    { op, over: jsonOf(items), as: name, do: json },
    new Set([...sourcesOf(items), ...inner]),
  );
}

interface Body {
  readonly name: string;
  readonly json: JsonValue;
  readonly type: AnyType;
  readonly sources: ReadonlySet<object>;
}

/** Runs the function on a stand-in, then puts the name in its place. */
function bind(type: AnyType, body: (given: AnyTyped) => AnyTyped): Body {
  const scope = {};
  const standIn: JsonObject = { ref: '@local:item' };
  const made = body(makeExpr(type, standIn, new Set([scope])))[NODE];
  const name = `item${bindersIn(made.json) + 1}`;
  return {
    name,
    json: replace(made.json, standIn, { ref: `@local:${name}` }),
    type: made.type,
    sources: new Set([...made.sources].filter((source) => source !== scope)),
  };
}

/** How many names are given inside each other. */
function bindersIn(json: JsonValue): number {
  if (isJsonList(json)) return Math.max(0, ...json.map(bindersIn));
  if (!isJsonObject(json)) return 0;
  const own = 'as' in json || 'bind' in json ? 1 : 0;
  return own + Math.max(0, ...Object.values(json).map(bindersIn));
}

/** What does not hold `from` stays the same object: it may be the stand-in of an outer function. */
function replace(json: JsonValue, from: JsonObject, to: JsonObject): JsonValue {
  if (json === from) return to;
  if (isJsonList(json)) {
    const items = json.map((item) => replace(item, from, to));
    return items.every((item, i) => item === json[i]) ? json : items;
  }
  if (!isJsonObject(json)) return json;
  const copy = newJsonObject();
  for (const [key, item] of Object.entries(json)) copy[key] = replace(item, from, to);
  return Object.keys(json).every((key) => copy[key] === json[key]) ? json : copy;
}

const jsonOf = (expr: AnyTyped) => expr[NODE].json;
