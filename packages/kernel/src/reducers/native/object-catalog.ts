/**
 * `sys/ObjectCatalog@1`: versioned objects by name, one cell for each name.
 *
 * 1. The key of the cell is the name of what is registered (`object-name-mismatch`).
 * 2. Versions count from 1 without a gap; what is registered twice is two versions.
 */
import { bytesEqual, encode } from '@aos/canon';
import { fieldsOf, type NativeAnswer, type NativeCall } from './native-reducer.js';

export function objectCatalog({ state, event, key }: NativeCall): NativeAnswer | string {
  const meta = fieldsOf(fieldsOf(event).get('meta'));
  const name = encode(meta.get('name') ?? null);
  if (key === undefined || !bytesEqual(key, name)) return 'object-name-mismatch';
  const before = state === null ? undefined : fieldsOf(state);
  const latest = BigInt((before?.get('latest') as number | bigint | undefined) ?? 0) + 1n;
  const versions = new Map(before === undefined ? [] : fieldsOf(before.get('versions')));
  versions.set(latest, meta);
  return { state: { latest, versions } };
}
