/**
 * Values of schemas, as CBOR of anybody: payloads of events, parameters, receipts, states.
 *
 * Canonical bytes are recognized without decoding, others are decoded: both ways come to the same,
 * refusals too. What comes out is canonical and comes back unchanged, also through its JSON.
 */
import { type CompiledSchema, compileSchemas, type TypeExpr } from '@aos/air';
import { bytesEqual, decode, decodePlain, type Encodable, encode, type Result } from '@aos/canon';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { valueIn } from '../codes.js';
import { careless } from '../described.js';
import { once } from '../golden-life.js';
import { cborTokens, texts } from '../tokens.js';

const hash = `sha256:${'0a'.repeat(32)}`;
const uuid = '123e4567-e89b-12d3-a456-426614174000';
const all: { readonly [name: string]: readonly [TypeExpr, ...Encodable[]] } = {
  's/Numbers@1': [
    { record: { i: { int: {} }, n: { nat: {} }, t: { time: {} }, d: { duration: {} } } },
    { i: -5, n: 2n ** 64n - 1n, t: 5, d: -(2n ** 63n) },
  ],
  's/Texts@1': [
    { record: { h: { hash: {} }, u: { uuid: {} }, x: { dec128: {} }, t: { text: {} } } },
    { h: hash, u: uuid, x: '-1.5', t: 'ü' },
    { h: hash, u: uuid, x: { $tag: 'x', $value: '10' }, t: '' },
  ],
  's/Variant@1': [
    { variant: { A: { unit: {} }, B: { ref: 's/Numbers@1' }, C: { option: { bool: {} } } } },
    { $tag: 'A' },
    { $tag: 'C', $value: null },
    { $tag: 'B', $value: { i: 1, n: 1, t: 1, d: 1 } },
  ],
  's/Lists@1': [
    { record: { l: { list: { int: {} } }, s: { set: { text: {} } }, o: { option: { int: {} } } } },
    { l: [1, 2], s: ['b', 'a'], o: null },
    { l: [], s: [] },
  ],
  's/Maps@1': [
    { map: { key: { nat: {} }, value: { set: { bytes: {} } } } },
    new Map([[1, [Uint8Array.of(1), Uint8Array.of(0)]]]),
  ],
  's/TextMap@1': [
    { map: { key: { text: {} }, value: { list: { ref: 's/Variant@1' } } } },
    { __proto__x: [{ $tag: 'A', $value: null }], constructor: [] },
  ],
  's/Option@1': [{ option: { option: { ref: 's/Texts@1' } } }, null],
  's/Keys@1': [{ map: { key: { uuid: {} }, value: { unit: {} } } }, new Map([[uuid, null]])],
};
const names = Object.keys(all);

const schemas = once((): ReadonlyMap<string, CompiledSchema> => {
  const definitions = names.map((name) => ({
    ...{ $kind: 'defschema' as const, name, type: all[name]?.[0] as TypeExpr },
  }));
  const compiled = compileSchemas(definitions);
  if (!compiled.ok) throw new Error(compiled.refusal.detail);
  return compiled.value;
});

export const target: FuzzTarget = {
  name: 'schema-values',
  tokens: [...cborTokens, ...texts('$tag', '$value', hash, uuid, '1.5', '-0', 'int', 'text')],
  seeds: () =>
    names.flatMap((name, i) => {
      const [, ...values] = all[name] as [TypeExpr, ...Encodable[]];
      return values.map((value) => Uint8Array.of(i, ...encode(value)));
    }),
  run(bytes) {
    const name = names[(bytes[0] ?? 0) % names.length] as string;
    const schema = schemas().get(name) as CompiledSchema;
    const given = bytes.slice(1);
    const normal = schema.normalizeCbor(given);
    checkSlowWay(schema, given, normal);
    const canonical = valueIn(normal);
    if (canonical !== undefined) checkNormal(schema, canonical);
  },
};

/** What a careless encoder writes of the same value is never recognized, and decoded. */
function checkSlowWay(schema: CompiledSchema, given: Uint8Array, normal: Result<Uint8Array>) {
  const plain = decodePlain(given);
  if (!plain.ok) {
    holds(!normal.ok, 'what cannot be decoded is refused');
    return;
  }
  const slow = schema.normalizeCbor(careless(plain.value));
  holds(slow.ok === normal.ok, 'both ways take the same', () => JSON.stringify([slow, normal]));
  if (slow.ok && normal.ok) holds(bytesEqual(slow.value, normal.value), 'both ways write the same');
  if (normal.ok) return;
  // of several faults the first in the order of the bytes is told
  const ordered = schema.normalizeCbor(careless(plain.value, 'same'));
  holds(!ordered.ok && ordered.refusal.code === normal.refusal.code, 'both ways refuse the same');
}

function checkNormal(schema: CompiledSchema, canonical: Uint8Array): void {
  const decoded = decode(canonical);
  holds(decoded.ok && bytesEqual(encode(decoded.value), canonical), 'normal bytes are canonical');
  const again = schema.normalizeCbor(canonical);
  holds(again.ok && again.value === canonical, 'normal bytes come back as the same array');
  const json = schema.toJson(canonical);
  holds(json.ok, 'normal bytes have JSON');
  const back = schema.normalizeJson(json.value);
  holds(back.ok && bytesEqual(back.value, canonical), 'the JSON comes back as the same bytes');
}
