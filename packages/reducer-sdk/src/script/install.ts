/** What a script ends with: the list that the bridge is opened with. */
import { asPure, type Compute } from './pure.js';
import { asReducer, type Dispatch } from './reducer.js';

/** A Map from keys and values one after the other. A key twice throws. */
export function mapOf(flat: readonly unknown[]): Map<unknown, unknown> {
  const entries = new Map<unknown, unknown>();
  for (let i = 0; i < flat.length; i += 2) entries.set(flat[i], flat[i + 1]);
  if (entries.size * 2 !== flat.length) throw new RangeError('a map with a key twice');
  return entries;
}

/** Keys and values one after the other. */
export function entriesOf(map: ReadonlyMap<unknown, unknown>): unknown[] {
  const flat: unknown[] = [];
  for (const [key, value] of map) flat.push(key, value);
  return flat;
}

type Installed<D> = readonly [D, typeof mapOf, typeof entriesOf];

export function installReducer(entry: unknown): Installed<Dispatch> {
  return [asReducer(entry).dispatch, mapOf, entriesOf];
}

export function installPure(entry: unknown): Installed<Compute> {
  return [asPure(entry).compute, mapOf, entriesOf];
}
