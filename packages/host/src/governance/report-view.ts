/** Reports of shadows as the control protocol shows them. */
import { bytesEqual, decode, type Hash, toHashText, toHex, type Value } from '@aos/canon';
import { printShadowReport, type ShadowReport } from '@aos/kernel';
import type { PlainValue } from '@aos/protocol';

export interface ShownReport {
  /** Hashes are text. */
  readonly report: PlainValue;
  readonly lines: readonly string[];
}

/** What a report says of what it is about, by its fields. */
export type ReportSubject = Readonly<Record<string, Hash | number>>;

/**
 * A report that was stored, by whoever signed that it is one: of something else it is none, and
 * then nothing of it is shown to people.
 */
export function showStored(
  bytes: Uint8Array | undefined,
  subject: ReportSubject = {},
): ShownReport {
  const decoded = bytes === undefined ? undefined : decode(bytes);
  if (decoded?.ok !== true) return { report: null, lines: ['its report is not stored'] };
  const { value } = decoded;
  const other = Object.entries(subject).find(([name, own]) => !isSame(fieldOf(value, name), own));
  const lines = other === undefined ? linesOf(objectOf(value)) : [ofOther(other[0])];
  return { report: plainOf(value), lines };
}

const ofOther = (field: string): string =>
  `DO NOT APPROVE: what was signed is no report of this proposal, it has another ${field}`;

const fieldOf = (value: Value, name: string): Value | undefined =>
  value instanceof Map ? value.get(name) : undefined;

function isSame(found: Value | undefined, own: Hash | number): boolean {
  if (typeof own === 'number') return found === own;
  return found instanceof Uint8Array && bytesEqual(found, own);
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
