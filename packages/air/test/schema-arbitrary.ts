/** Random documents of a JSON Schema, and random damage to them. */
import fc from 'fast-check';

export type Schema = boolean | { readonly [keyword: string]: unknown };
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const MAX_DEPTH = 4;

const anyJson: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Json>(null, true, false, '', 'text', 'demo/A@1', 0, 1, -1, 1.5),
    fc.array(tie('json'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('ref', 'op', 'record', 'x', 'when'), tie('json'), { maxKeys: 2 }),
  ),
})).json;

/** Documents that the schema accepts, for the keywords that generated schemas use. */
export function valid(root: Schema): fc.Arbitrary<Json> {
  const defs = (typeof root === 'object' ? (root.$defs ?? {}) : {}) as { [name: string]: Schema };
  const build = (schema: Schema, depth: number): fc.Arbitrary<Json> => {
    if (typeof schema === 'boolean') return fc.constantFrom<Json>(null, 'a comment', 7);
    if (typeof schema.$ref === 'string') {
      return fc.constant(null).chain(() => build(target(schema.$ref as string), depth));
    }
    if ('const' in schema) return fc.constant(schema.const as Json);
    if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as Json[]));
    const cases = (schema.oneOf ?? (schema.type === 'object' ? undefined : schema.anyOf)) as
      | Schema[]
      | undefined;
    if (cases !== undefined) {
      const allowed = depth > MAX_DEPTH ? shallow(cases) : cases;
      return fc.nat({ max: allowed.length - 1 }).chain((i) => build(allowed[i] ?? true, depth + 1));
    }
    if (Array.isArray(schema.type)) return fc.constantFrom<Json>(null, true, 'text', 3);
    if (schema.type === 'string' || 'not' in schema) return text(schema);
    if (schema.type === 'null') return fc.constant(null);
    if (schema.type === 'integer') return number(schema);
    return schema.type === 'array' ? list(schema, depth) : object(schema, depth);
  };
  const target = (ref: string): Schema => defs[ref.slice('#/$defs/'.length)] ?? true;
  const list = (schema: { [keyword: string]: unknown }, depth: number): fc.Arbitrary<Json> => {
    const minLength = Number(schema.minItems ?? 0);
    const maxLength = Math.max(minLength, depth > MAX_DEPTH ? 0 : 2);
    const items = fc.array(build(schema.items as Schema, depth + 1), { minLength, maxLength });
    return schema.uniqueItems === true ? items.map((all) => [...new Set(all)]) : items;
  };
  const object = (schema: { [keyword: string]: unknown }, depth: number): fc.Arbitrary<Json> => {
    const properties = (schema.properties ?? {}) as { [name: string]: Schema };
    const some = (schema.anyOf as { required: string[] }[] | undefined)?.[0]?.required ?? [];
    const required = new Set([...((schema.required as string[] | undefined) ?? []), ...some]);
    const fields = Object.entries(properties).map(
      ([name, each]) => [name, fc.constant(null).chain(() => build(each, depth + 1))] as const,
    );
    const known = fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
    if (typeof schema.additionalProperties !== 'object') return known as fc.Arbitrary<Json>;
    const keys = build((schema.propertyNames ?? { type: 'string' }) as Schema, depth);
    const values = fc
      .constant(null)
      .chain(() => build(schema.additionalProperties as Schema, depth + 1));
    const isName = (key: Json): key is string => typeof key === 'string' && key !== '__proto__';
    return fc.dictionary(keys.filter(isName), values, { maxKeys: depth > MAX_DEPTH ? 0 : 2 });
  };
  return build(root, 0);
}

/** The cases that end soonest: those that do not refer to anything. */
function shallow(cases: readonly Schema[]): readonly Schema[] {
  const flat = cases.filter(
    (each) => !/"(items|additionalProperties|\$ref)":[^f]/.test(JSON.stringify(each)),
  );
  const scalar = cases.filter((each) => JSON.stringify(each).includes('#/$defs/Empty'));
  if (scalar.length > 0) return scalar;
  return flat.length > 0 ? flat : cases;
}

function text(schema: { [keyword: string]: unknown }): fc.Arbitrary<Json> {
  if (typeof schema.pattern !== 'string') return fc.constantFrom('', 'text', 'a.b');
  const known = TEXTS.get(schema.pattern) ?? textsOf(schema.pattern);
  TEXTS.set(schema.pattern, known);
  return fc.constantFrom(...known);
}

/** A few texts of each pattern: making them anew for every document takes most of the time. */
const TEXTS = new Map<string, readonly string[]>();

function textsOf(pattern: string): readonly string[] {
  return fc.sample(fc.stringMatching(new RegExp(pattern)), { numRuns: 6, seed: 7 });
}

function number(schema: { [keyword: string]: unknown }): fc.Arbitrary<Json> {
  const min = Number(schema.minimum ?? -5);
  return fc.integer({ min, max: Number(schema.maximum ?? min + 10) });
}

/** The same document with one thing changed at a random place. */
export function damaged(document: Json): fc.Arbitrary<Json> {
  return fc
    .record({ place: fc.nat(), kind: fc.nat({ max: 5 }), json: anyJson, key: fc.nat() })
    .map(({ place, kind, json, key }) => {
      const copy = structuredClone({ root: document }) as { [key: string]: Json };
      const places = placesOf(copy);
      const [parent, name] = places[place % places.length] as Place;
      change(parent, name, { kind, json, key });
      return copy.root ?? null;
    });
}

type Place = readonly [parent: { [key: string]: Json }, key: string];

function placesOf(root: { [key: string]: Json }): Place[] {
  const places: Place[] = [];
  const visit = (parent: { [key: string]: Json }): void => {
    for (const key of Object.keys(parent)) {
      places.push([parent, key]);
      const inner = parent[key];
      if (typeof inner === 'object' && inner !== null) visit(inner as { [key: string]: Json });
    }
  };
  visit(root);
  return places;
}

interface Change {
  readonly kind: number;
  readonly json: Json;
  readonly key: number;
}

const NAMES = ['$comment', 'description', 'name', 'when', 'hash', 'extra', 'of', 'per_ns'];

function change(parent: { [key: string]: Json }, key: string, { kind, json, key: pick }: Change) {
  const found = parent[key];
  if (kind === 0 && Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (kind === 0 && key !== 'root') delete parent[key];
  else if (kind === 1 && Array.isArray(found)) found.push(found[0] ?? json);
  else if (kind === 2 && typeof found === 'object' && found !== null && !Array.isArray(found)) {
    found[NAMES[pick % NAMES.length] as string] = json;
  } else if (kind === 3 && typeof found === 'string') parent[key] = `${found}@`;
  else if (kind === 4 && typeof found === 'number') parent[key] = -found;
  else parent[key] = json;
}
