/** Reports of shadows as the control protocol shows them. */
import { decode, type Hash, toHashText, toHex, type Value } from '@aos/canon';
import { printShadowReport, type ShadowReport } from '@aos/kernel';
import type { PlainValue } from '@aos/protocol';

export interface ShownReport {
  /** Hashes are text. */
  readonly report: PlainValue;
  readonly lines: readonly string[];
}

/** A report that was stored, by whoever signed that it is one. */
export function showStored(bytes: Uint8Array | undefined): ShownReport {
  const decoded = bytes === undefined ? undefined : decode(bytes);
  if (decoded?.ok !== true) return { report: null, lines: ['its report is not stored'] };
  return { report: plainOf(decoded.value), lines: linesOf(objectOf(decoded.value)) };
}

/** Whoever signs a shadow may name any object: what is no report is shown as the data it is. */
function linesOf(report: unknown): readonly string[] {
  try {
    return printShadowReport(report as ShadowReport);
  } catch {
    return ['what was signed is no report of a shadow that this release knows'];
  }
}

/** Maps as objects, as a report was before it was written. */
function objectOf(value: Value): unknown {
  if (Array.isArray(value)) return value.map((item: Value) => objectOf(item));
  if (!(value instanceof Map)) return value;
  const object = Object.create(null) as Record<string, unknown>;
  for (const [name, item] of value) object[String(name)] = objectOf(item);
  return object;
}

const HASH_BYTES = 32;

function plainOf(value: Value): PlainValue {
  if (value instanceof Uint8Array) {
    return value.length === HASH_BYTES ? toHashText(value as Hash) : toHex(value);
  }
  if (Array.isArray(value)) return value.map((item: Value) => plainOf(item));
  if (!(value instanceof Map)) return value as PlainValue;
  const object = Object.create(null) as Record<string, PlainValue>;
  for (const [name, item] of value) object[String(name)] = plainOf(item);
  return object;
}
