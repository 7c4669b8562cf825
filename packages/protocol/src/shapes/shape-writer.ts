/**
 * Writing fixed shapes: one field at a time, whoever calls keeps the canonical order of the keys.
 */
import type { Writer } from '@aos/canon';

export function writeText(w: Writer, name: string, value: string): void {
  w.text(name);
  w.text(value);
}

export function writeInt(w: Writer, name: string, value: number | bigint): void {
  w.text(name);
  w.int(value);
}

export function writeBytes(w: Writer, name: string, value: Uint8Array): void {
  w.text(name);
  w.bytes(value);
}

export function writeTextOrNil(w: Writer, name: string, value: string | null): void {
  w.text(name);
  if (value === null) w.nil();
  else w.text(value);
}

export function writeIntOrNil(w: Writer, name: string, value: number | null): void {
  w.text(name);
  if (value === null) w.nil();
  else w.int(value);
}

export function writeBytesOrNil(w: Writer, name: string, value: Uint8Array | null): void {
  w.text(name);
  if (value === null) w.nil();
  else w.bytes(value);
}

/** Nothing when the field is absent. */
export function writeOptionalInt(
  w: Writer,
  name: string,
  value: number | bigint | undefined,
): void {
  if (value !== undefined) writeInt(w, name, value);
}

export function writeOptionalBytes(w: Writer, name: string, value: Uint8Array | undefined): void {
  if (value !== undefined) writeBytes(w, name, value);
}

/** How many of the optional fields are there: what they add to the count of a map. */
export function countPresent(...values: readonly unknown[]): number {
  let count = 0;
  for (const value of values) if (value !== undefined) count++;
  return count;
}
