import { bytesEqual, compareBytes, type Value } from '@aos/canon';
import { isJsonList, isJsonObject, type JsonValue } from '../json/value.js';
import { claimsNothing, expectedJson, expectedValue, type Run, type TypeNode } from './node.js';
import { isNullLiteral, isOnlyKey } from './scalars.js';
import { compareItems, LIST, type Scan } from './scan.js';

/** A list keeps the order it is given. */
export function listNode(item: TypeNode): TypeNode {
  return {
    isOption: false,
    isUnit: false,
    claims: claimsNothing,
    scan(scan) {
      if (!scan.container(LIST, 1)) return false;
      for (let left = scan.argument; left > 0; left--) if (!item.scan(scan)) return false;
      return true;
    },
    fromCbor: (value, run) => writeList(readList(value, run), item.fromCbor, run),
    fromJson: (json, run) =>
      withItems(json, 'list', run, (items) => {
        writeList(items, item.fromJson, run);
      }),
    toJson: (value) => (value as readonly Value[]).map((each) => item.toJson(each)),
  };
}

/** A set is a list in the order of the items' canonical bytes, each item once. */
export function setNode(item: TypeNode): TypeNode {
  return {
    isOption: false,
    isUnit: false,
    claims: claimsNothing,
    scan: (scan) => scan.container(LIST, 1) && scanAscending(scan, scan.argument, item),
    fromCbor: (value, run) => writeSet(readList(value, run), item.fromCbor, run),
    fromJson: (json, run) =>
      withItems(json, 'set', run, (items) => {
        writeSet(items, item.fromJson, run);
      }),
    toJson: (value) => (value as readonly Value[]).map((each) => item.toJson(each)),
  };
}

/** An option is null or the bare value. */
export function optionNode(inner: TypeNode): TypeNode {
  const isNone = (json: JsonValue): boolean =>
    json === null || (isNullLiteral(json) && !inner.claims('null'));
  return {
    isOption: true,
    isUnit: false,
    claims: inner.claims,
    scan: (scan) => (scan.isNil() ? scan.nil() : inner.scan(scan)),
    fromCbor: (value, run) => (value === null ? run.out.nil() : inner.fromCbor(value, run)),
    fromJson: (json, run) => (isNone(json) ? run.out.nil() : inner.fromJson(json, run)),
    toJson: (value) => (value === null ? null : inner.toJson(value)),
  };
}

/** Items in strictly ascending order of their bytes: the canonical form of a set. */
function scanAscending(scan: Scan, count: number, item: TypeNode): boolean {
  let before = scan.pos;
  for (let i = 0; i < count; i++) {
    const start = scan.pos;
    if (!item.scan(scan)) return false;
    if (i > 0 && compareItems(scan.bytes, [before, start], [start, scan.pos]) >= 0) return false;
    before = start;
  }
  return true;
}

function readList(value: Value, run: Run): readonly Value[] {
  if (!Array.isArray(value)) run.refuse('value-type', expectedValue('a list', value));
  return value;
}

/** A JSON list as it stands, or the one under the tag. */
function withItems(
  json: JsonValue,
  tag: 'list' | 'set',
  run: Run,
  write: (items: readonly JsonValue[]) => void,
): void {
  const tagged = isJsonObject(json) && isOnlyKey(json, tag) ? json[tag] : undefined;
  if (isJsonList(json)) write(json);
  else if (isJsonList(tagged)) run.inside(tag, () => write(tagged));
  else run.refuse('value-type', expectedJson('a list', json));
}

function writeList<I>(items: readonly I[], write: (item: I, run: Run) => void, run: Run): void {
  run.charge(items.length);
  run.out.listHead(items.length);
  items.forEach((item, i) => {
    run.inside(i, () => write(item, run));
  });
}

function writeSet<I>(items: readonly I[], write: (item: I, run: Run) => void, run: Run): void {
  run.charge(items.length);
  const encoded = items.map((item, i) => run.apart(() => run.inside(i, () => write(item, run))));
  const distinct = encoded
    .sort(compareBytes)
    .filter((bytes, i) => i === 0 || !bytesEqual(bytes, encoded[i - 1] as Uint8Array));
  run.out.listHead(distinct.length);
  for (const bytes of distinct) run.out.raw(bytes);
}
