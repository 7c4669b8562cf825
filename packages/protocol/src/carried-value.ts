/**
 * Values in records: up to 4 KiB inline under `value`, larger ones as an object whose hash stands
 * under `value_ref` (shapes.md "bytes in records"). The threshold belongs to the format.
 */
import { type Hash, type Reader, sha256, type Writer } from '@aos/canon';
import type { StoredObject } from './ports.js';
import type { Fields } from './shape-fields.js';
import { readHash } from './shape-reader.js';

/** Largest value kept inline in a record, in bytes. */
export const INLINE_VALUE_BYTES = 4096;

/** Either the bytes themselves or the hash of the object that holds them. */
export type CarriedValue =
  | { readonly inline: Uint8Array; readonly ref?: undefined }
  | { readonly inline?: undefined; readonly ref: Hash };

/** Decides how `bytes` travel; a referred value comes with the object to store. */
export function carryValue(bytes: Uint8Array): {
  readonly carried: CarriedValue;
  readonly object?: StoredObject;
} {
  if (bytes.length <= INLINE_VALUE_BYTES) return { carried: { inline: bytes } };
  const hash = sha256(bytes);
  return { carried: { ref: hash }, object: { hash, bytes } };
}

export function writeInlineValue(w: Writer, carried: CarriedValue): void {
  if (carried.inline === undefined) return;
  w.text('value');
  w.bytes(carried.inline);
}

export function writeValueRef(w: Writer, carried: CarriedValue): void {
  if (carried.ref === undefined) return;
  w.text('value_ref');
  w.bytes(carried.ref);
}

/** Reads `value` when it stands here; pair with {@link readValueRef} after the fields between. */
export function readInlineValue(r: Reader): Uint8Array | undefined {
  return r.keyIs('value') ? r.bytes().slice() : undefined;
}

export function readValueRef(r: Reader, inline: Uint8Array | undefined): CarriedValue {
  if (inline !== undefined) return { inline };
  r.key('value_ref');
  return { ref: readHash(r) };
}

/** The value of a decoded map, from whichever of the two fields it has. */
export function carriedFrom(fields: Fields): CarriedValue {
  if (fields.has('value')) return { inline: fields.bytes('value') };
  return { ref: fields.hash('value_ref') };
}
