/**
 * Values in records: up to 4 KiB inline under a name, larger ones as an object whose hash stands
 * under that name with `_ref` (shapes.md "bytes in records"). The threshold belongs to the format.
 */
import { type Hash, sha256, type Writer } from '@aos/canon';
import type { StoredObject } from '../ports.js';

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

/** Writes the field when the value is inline; its place is that of `name`. */
export function writeInline(w: Writer, name: string, carried: CarriedValue | undefined): void {
  if (carried?.inline === undefined) return;
  w.text(name);
  w.bytes(carried.inline);
}

/** Writes the field when the value is an object; its place is that of `refName`. */
export function writeRef(w: Writer, refName: string, carried: CarriedValue | undefined): void {
  if (carried?.ref === undefined) return;
  w.text(refName);
  w.bytes(carried.ref);
}
