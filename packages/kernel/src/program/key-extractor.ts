/**
 * The key of a routed event: compiled from the route's `key_field`, read from canonical bytes.
 *
 * A path is relative to the event that the route names. Where that is the family and the event is a
 * member, the path is taken through the wrapping it would get: no wrapping is needed to know a key.
 */
import { assert, concatBytes, encode } from '@aos/canon';
import { itemAt, itemPathOf } from './item-path.js';

/** From the canonical value of an event, as it was admitted or emitted, to its canonical key. */
export type KeyExtractor = (value: Uint8Array) => Uint8Array;

/** A key field, and what stands between its event and the value it is read from. */
export interface KeyField {
  /** Dotted. */
  readonly path: string;
  /** Tag of the arm, where the path is relative to a variant that the value is a member of. */
  readonly arm?: string | undefined;
}

const SELF_DESCRIBE = Uint8Array.of(0xd9, 0xd9, 0xf7);

export function compileKeyField({ path, arm }: KeyField): KeyExtractor {
  const keys = path.split('.');
  if (arm === undefined) return extractorOf(keys);
  if (keys[0] === '$tag') {
    const key = encode(arm);
    return () => key;
  }
  assert(keys[0] === '$value', 'a path into a variant leads to its tag or its value');
  return extractorOf(keys.slice(1));
}

function extractorOf(keys: readonly string[]): KeyExtractor {
  const path = itemPathOf(keys);
  return (value) => concatBytes(SELF_DESCRIBE, itemAt(value, path));
}
