import { compareBytes, encodeUntagged, type Value } from '@aos/canon';
import { isJsonObject, type JsonObject, newJsonObject } from '../json/value.js';
import { expectedJson, expectedValue, nameSome, type Run, type TypeNode } from './node.js';
import { isOnlyKey } from './scalars.js';
import { MAP } from './scan.js';

interface Field {
  readonly name: string;
  readonly keyBytes: Uint8Array;
  readonly node: TypeNode;
}

/** A record: every declared field and no other, options filled with null when missing. */
export function recordNode(types: ReadonlyMap<string, TypeNode>): TypeNode {
  const fields = [...types]
    .map(([name, node]): Field => ({ name, keyBytes: encodeUntagged(name), node }))
    .sort((a, b) => compareBytes(a.keyBytes, b.keyBytes));
  return {
    isOption: false,
    isUnit: false,
    claims: (key) => types.has(key),
    scan(scan) {
      if (!scan.container(MAP, 2) || scan.argument !== fields.length) return false;
      for (const field of fields) {
        if (!scan.literal(field.keyBytes) || !field.node.scan(scan)) return false;
      }
      return true;
    },
    fromCbor(value, run: Run) {
      if (!(value instanceof Map)) run.refuse('value-type', expectedValue('a record', value));
      const map: ReadonlyMap<Value, Value> = value;
      begin(fields, run);
      let present = 0;
      for (const field of fields) {
        const found = map.get(field.name);
        if (found === undefined) {
          fill(field, run, () => assertKnown(map.keys(), types, run));
          continue;
        }
        present += 1;
        run.out.raw(field.keyBytes);
        run.enter(field.name);
        field.node.fromCbor(found, run);
        run.leave();
      }
      if (present < map.size) assertKnown(map.keys(), types, run);
    },
    fromJson(json, run: Run) {
      if (!isJsonObject(json)) run.refuse('value-type', expectedJson('a record', json));
      else if (!isTagged(json, types)) writeJson(json, run);
      else run.inside('record', () => writeJson(json.record as JsonObject, run));
    },
    toJson(value) {
      const map = value as ReadonlyMap<Value, Value>;
      const object = newJsonObject();
      for (const { name, node } of fields) {
        object[name] = node.toJson(map.get(name) as Value);
      }
      return object;
    },
  };

  function writeJson(json: JsonObject, run: Run): void {
    const keys = Object.keys(json);
    begin(fields, run);
    let present = 0;
    for (const field of fields) {
      const found = Object.hasOwn(json, field.name) ? json[field.name] : undefined;
      if (found === undefined) {
        fill(field, run, () => assertKnown(keys, types, run));
        continue;
      }
      present += 1;
      run.out.raw(field.keyBytes);
      run.enter(field.name);
      field.node.fromJson(found, run);
      run.leave();
    }
    if (present < keys.length) assertKnown(keys, types, run);
  }
}

/** `{"record": {…}}` is the tagged lens, except where the record declares a field of that name. */
function isTagged(json: JsonObject, types: ReadonlyMap<string, TypeNode>): boolean {
  return isOnlyKey(json, 'record') && isJsonObject(json.record) && !types.has('record');
}

function assertKnown(keys: Iterable<Value>, types: ReadonlyMap<string, TypeNode>, run: Run): void {
  for (const key of keys) {
    if (typeof key === 'string' && types.has(key)) continue;
    const found = expectedValue(`only the fields ${nameSome(types.keys())}`, key);
    run.inside(typeof key === 'string' ? key : '', () => run.refuse('value-unknown-field', found));
  }
}

function begin(fields: readonly Field[], run: Run): void {
  run.charge(2 * fields.length);
  run.out.mapHead(fields.length);
}

/** A field that is not given. An unknown field is told before a missing one: it may be a typo. */
function fill({ name, keyBytes, node }: Field, run: Run, assertAllKnown: () => void): void {
  if (node.isOption) {
    run.out.raw(keyBytes);
    run.out.nil();
    return;
  }
  assertAllKnown();
  run.refuse('value-missing-field', `expected the field ${JSON.stringify(name)}`);
}
