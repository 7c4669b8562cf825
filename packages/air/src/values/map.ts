import { bytesEqual, compareBytes, type Value } from '@aos/canon';
import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  newJsonObject,
} from '../json/value.js';
import { claimsNothing, expectedJson, expectedValue, type Run, type TypeNode } from './node.js';
import { isOnlyKey } from './scalars.js';
import { compareItems, MAP, type Scan } from './scan.js';

type Place = readonly (string | number)[];

/** One entry of the input, and where its two halves stand. */
interface Entry<I> {
  readonly key: I;
  readonly value: I;
  readonly keyPlace: Place;
  readonly valuePlace: Place;
}

/** Keys that a JSON object with this only key would not be read back under: see `showMap`. */
const CAPTURED_KEYS = ['map', 'null'];

/**
 * A map, its entries in the order of the keys' canonical bytes.
 *
 * `sugar: 'object'` lets JSON write it as `{key: value}`; `[[key, value], …]` always works.
 */
export function mapNode(key: TypeNode, value: TypeNode, sugar: 'object' | 'pairs'): TypeNode {
  return {
    isOption: false,
    isUnit: false,
    claims: claimsNothing,
    scan: (scan) => scan.container(MAP, 2) && scanEntries(scan, scan.argument, key, value),
    fromCbor(input, run: Run) {
      if (!(input instanceof Map)) run.refuse('value-type', expectedValue('a map', input));
      const map: ReadonlyMap<Value, Value> = input;
      const entries = [...map].map(([k, v], i): Entry<Value> => {
        const place = [typeof k === 'string' || typeof k === 'number' ? k : i];
        return { key: k, value: v, keyPlace: place, valuePlace: place };
      });
      writeEntries(entries, key.fromCbor, value.fromCbor, run);
    },
    fromJson(json, run) {
      const entries = taggedEntries(json) ?? sugarEntries(json, sugar, run);
      writeEntries(entries, key.fromJson, value.fromJson, run);
    },
    toJson: (input) => showMap(input as ReadonlyMap<Value, Value>, key, value, sugar),
  };
}

/** Entries whose keys ascend strictly: the canonical form of a map. */
function scanEntries(scan: Scan, count: number, key: TypeNode, value: TypeNode): boolean {
  let before = 0;
  let beforeEnd = 0;
  for (let i = 0; i < count; i++) {
    const start = scan.pos;
    if (!key.scan(scan)) return false;
    const end = scan.pos;
    if (i > 0 && compareItems(scan.bytes, [before, beforeEnd], [start, end]) >= 0) return false;
    before = start;
    beforeEnd = end;
    if (!value.scan(scan)) return false;
  }
  return true;
}

function writeEntries<I>(
  entries: readonly Entry<I>[],
  writeKey: (key: I, run: Run) => void,
  writeValue: (value: I, run: Run) => void,
  run: Run,
): void {
  run.charge(2 * entries.length);
  const encoded = entries.map((entry) => ({
    entry,
    key: run.apart(() => run.insideAll(entry.keyPlace, () => writeKey(entry.key, run))),
    value: run.apart(() => run.insideAll(entry.valuePlace, () => writeValue(entry.value, run))),
  }));
  encoded.sort((a, b) => compareBytes(a.key, b.key));
  run.out.mapHead(encoded.length);
  encoded.forEach(({ entry, key, value }, i) => {
    const previous = encoded[i - 1];
    if (previous !== undefined && bytesEqual(previous.key, key)) {
      run.insideAll(entry.keyPlace, () => {
        run.refuse('value-duplicate-key', 'expected every key once');
      });
    }
    run.out.raw(key);
    run.out.raw(value);
  });
}

/** `{"map": [{"key", "value"}, …]}`, by exact key sets; undefined for anything else. */
function taggedEntries(json: JsonValue): readonly Entry<JsonValue>[] | undefined {
  if (!isJsonObject(json) || !isOnlyKey(json, 'map') || !isJsonList(json.map)) return undefined;
  const entries: Entry<JsonValue>[] = [];
  for (const [i, item] of json.map.entries()) {
    if (!isJsonObject(item) || Object.keys(item).length !== 2) return undefined;
    const { key, value } = item;
    if (key === undefined || value === undefined) return undefined;
    entries.push({ key, value, keyPlace: ['map', i, 'key'], valuePlace: ['map', i, 'value'] });
  }
  return entries;
}

function sugarEntries(
  json: JsonValue,
  sugar: 'object' | 'pairs',
  run: Run,
): readonly Entry<JsonValue>[] {
  if (isJsonList(json)) return json.map((pair, i) => pairEntry(pair, i, run));
  if (sugar === 'object' && isJsonObject(json)) {
    const place = (key: string): Place => [key];
    return Object.keys(json).map((key) => ({
      key,
      value: json[key] as JsonValue,
      keyPlace: place(key),
      valuePlace: place(key),
    }));
  }
  const expected = sugar === 'object' ? 'a map' : 'a map as [[key, value], …]';
  return run.refuse('value-type', expectedJson(expected, json));
}

function pairEntry(pair: JsonValue, i: number, run: Run): Entry<JsonValue> {
  const [key, value, ...more] = isJsonList(pair) ? pair : [];
  if (key === undefined || value === undefined || more.length > 0) {
    return run.insideAll([i], () => run.refuse('value-type', expectedJson('[key, value]', pair)));
  }
  return { key, value, keyPlace: [i, 0], valuePlace: [i, 1] };
}

/**
 * An object where JSON allows it. A map whose only key would be captured by a tagged form is shown
 * as pairs, so that what is shown is read back as the same map.
 */
function showMap(
  map: ReadonlyMap<Value, Value>,
  key: TypeNode,
  value: TypeNode,
  sugar: 'object' | 'pairs',
): JsonValue {
  const only = map.size === 1 ? ([...map.keys()][0] as Value) : undefined;
  if (sugar === 'pairs' || (typeof only === 'string' && CAPTURED_KEYS.includes(only))) {
    return [...map].map(([k, v]) => [key.toJson(k), value.toJson(v)]);
  }
  const object = newJsonObject();
  for (const [k, v] of map) object[k as string] = value.toJson(v);
  return object as JsonObject;
}
