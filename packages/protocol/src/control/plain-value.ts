/**
 * What crosses the control protocol: values that every framing carries without loss.
 *
 * Integers are `number` when safe and `bigint` beyond, from −2^63 to 2^64 − 1. There are no floats,
 * as nowhere in the language. Records have no prototype once they were read, so a name such as
 * `__proto__` is a name like any other.
 */
export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PlainValue[]
  | PlainRecord;

export interface PlainRecord {
  readonly [name: string]: PlainValue;
}

/** A record being built: the same thing before it is handed out. */
export type PlainRecordBuilder = { [name: string]: PlainValue };

/** Least and greatest integer. */
export const PLAIN_MIN = -(2n ** 63n);
export const PLAIN_MAX = 2n ** 64n - 1n;

/** A fresh record without a prototype. */
export function newPlainRecord(): PlainRecordBuilder {
  return Object.create(null) as PlainRecordBuilder;
}

/** True for records only: not for null, lists and bytes. */
export function isPlainRecord(value: PlainValue | undefined): value is PlainRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  );
}

/** The value a record has under this name itself; what a prototype has does not count. */
export function plainField(record: PlainRecord, name: string): PlainValue | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** An integer in its one form: a number when it is a safe one. */
export function plainInteger(value: bigint): number | bigint {
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : value;
}

/** One word for what a value is, used in messages. */
export function describePlain(value: PlainValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'object') return 'a record';
  if (typeof value === 'string') return `the text '${clip(value)}'`;
  if (typeof value === 'boolean') return String(value);
  return `the integer ${value}`;
}

const CLIP_CHARS = 60;

function clip(text: string): string {
  return text.length <= CLIP_CHARS ? text : `${text.slice(0, CLIP_CHARS)}…`;
}
