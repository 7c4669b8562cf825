/** The scalar types: what each accepts, in bytes and in both JSON lenses. */
import { fromBase64, parseDec128, parseHashText, toBase64, utf8, type Value } from '@aos/canon';
import type { Primitive } from '../forms/type-expr.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';
import { parseDateTime, parseIsoDuration } from './calendar.js';
import { claimsNothing, expectedJson, expectedValue, type Run, type TypeNode } from './node.js';
import { NEGATIVE, type Scan, UNSIGNED } from './scan.js';

/** A scalar by its three own parts; `defineScalar` adds the tagged lens and the rest. */
interface Scalar<V extends Value> {
  /** Key of the tagged lens, as in `{"time_ns": 5}`. */
  readonly tag: string;
  readonly expected: string;
  scan(scan: Scan): boolean;
  /** The value in canonical form; undefined when it is of another type. */
  check(value: Value, run: Run): V | undefined;
  /** The value that a sugar form stands for; undefined when it is none. */
  parse?(json: JsonValue, run: Run): Value | undefined;
  write(value: V, run: Run): void;
  show?(value: V): JsonValue;
}

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;
const MAX_NAT = 2n ** 64n - 1n;
const INTEGER_TEXT = /^-?(?:0|[1-9][0-9]{0,19})$/;
const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Head and prefix of every hash text: 71 bytes of text. */
const HASH_PREFIX = Uint8Array.of(0x78, 71, ...utf8('sha256:'));
/** Upper 32 bits of the first 64-bit argument that an i64 cannot hold. */
const I64_HIGH_LIMIT = 0x8000_0000;

const bool: Scalar<boolean> = {
  tag: 'bool',
  expected: 'a boolean',
  scan: (scan) => scan.bool(),
  check: (value) => (typeof value === 'boolean' ? value : undefined),
  write: (value, run) => run.out.bool(value),
};

function signed(tag: string, expected: string): Scalar<number | bigint> {
  return {
    tag,
    expected,
    scan: scanInt,
    check(value, run) {
      if (!isInteger(value)) return undefined;
      if (value < MIN_INT || value > MAX_INT) {
        run.refuse('value-range', `expected -2^63 to 2^63 - 1, found ${value}`);
      }
      return value;
    },
    write: (value, run) => run.out.int(value),
  };
}

const int: Scalar<number | bigint> = { ...signed('int', 'an integer'), parse: parseInteger };

const time: Scalar<number | bigint> = {
  ...signed('time_ns', 'an integer of nanoseconds since 1970 (in JSON also: RFC 3339 text)'),
  parse: (json) => (typeof json === 'string' ? narrowed(parseDateTime(json)) : undefined),
};

const duration: Scalar<number | bigint> = {
  ...signed('duration_ns', 'an integer of nanoseconds (in JSON also: ISO 8601 text such as PT5S)'),
  parse: (json) => (typeof json === 'string' ? narrowed(parseIsoDuration(json)) : undefined),
};

const nat: Scalar<number | bigint> = {
  tag: 'nat',
  expected: 'an integer from 0',
  scan: (scan) => scan.head(UNSIGNED),
  check(value, run) {
    if (!isInteger(value)) return undefined;
    if (value < 0 || value > MAX_NAT) {
      run.refuse('value-range', `expected 0 to 2^64 - 1, found ${value}`);
    }
    return value;
  },
  parse: parseInteger,
  write: (value, run) => run.out.int(value),
};

const bytes: Scalar<Uint8Array> = {
  tag: 'bytes_b64',
  expected: 'a byte string (in JSON: base64 text)',
  scan: (scan) => scan.byteString(),
  check: (value) => (value instanceof Uint8Array ? value : undefined),
  parse(json, run) {
    if (typeof json !== 'string') return undefined;
    const read = fromBase64(json);
    return read.ok ? read.value : run.refuse('value-type', `base64: ${read.refusal.detail}`);
  },
  write: (value, run) => run.out.bytes(value),
  show: (value) => toBase64(value),
};

const text: Scalar<string> = {
  tag: 'text',
  expected: 'text',
  scan: (scan) => scan.text(),
  check: (value) => (typeof value === 'string' ? value : undefined),
  write: (value, run) => run.out.text(value),
};

const dec128: Scalar<string> = {
  tag: 'dec128',
  expected: 'decimal text such as "12.5"',
  scan(scan) {
    const written = scan.textValue();
    if (written === undefined) return false;
    const normal = parseDec128(written);
    return normal.ok && normal.value === written;
  },
  check(value, run) {
    if (typeof value !== 'string') return undefined;
    const normal = parseDec128(value);
    return normal.ok ? normal.value : run.refuse('value-dec128', normal.refusal.detail);
  },
  write: (value, run) => run.out.text(value),
};

const hash: Scalar<string> = {
  tag: 'hash',
  expected: 'hash text such as "sha256:…"',
  scan: (scan) => scan.literal(HASH_PREFIX) && scan.hexDigits(64),
  check(value, run) {
    if (typeof value !== 'string') return undefined;
    const read = parseHashText(value);
    return read.ok ? value : run.refuse('value-hash', read.refusal.detail);
  },
  write: (value, run) => run.out.text(value),
};

const uuid: Scalar<string> = {
  tag: 'uuid',
  expected: 'lower-case UUID text (RFC 4122)',
  scan(scan) {
    const written = scan.textValue();
    return written !== undefined && UUID_TEXT.test(written);
  },
  check(value, run) {
    if (typeof value !== 'string') return undefined;
    if (UUID_TEXT.test(value)) return value;
    return run.refuse('value-uuid', 'expected lower-case 8-4-4-4-12 hexadecimal digits');
  },
  write: (value, run) => run.out.text(value),
};

const unit: TypeNode = {
  isOption: false,
  isUnit: true,
  claims: claimsNothing,
  scan: (scan) => scan.nil(),
  fromCbor(value, run) {
    if (value !== null) run.refuse('value-type', expectedValue('null', value));
    run.out.nil();
  },
  fromJson(json, run) {
    if (json !== null && !isNullLiteral(json)) {
      run.refuse('value-type', expectedJson('null', json));
    }
    run.out.nil();
  },
  toJson: () => null,
};

/** The compiled node of each primitive type. They hold no state, so all schemas share them. */
export const SCALARS: { readonly [P in Primitive]: TypeNode } = {
  bool: defineScalar(bool),
  int: defineScalar(int),
  nat: defineScalar(nat),
  dec128: defineScalar(dec128),
  bytes: defineScalar(bytes),
  text: defineScalar(text),
  time: defineScalar(time),
  duration: defineScalar(duration),
  hash: defineScalar(hash),
  uuid: defineScalar(uuid),
  unit,
};

function defineScalar<V extends Value>(scalar: Scalar<V>): TypeNode {
  const fromValue = (value: Value, found: () => string, run: Run): void => {
    const checked = scalar.check(value, run);
    if (checked === undefined) run.refuse('value-type', found());
    scalar.write(checked as V, run);
  };
  return {
    isOption: false,
    isUnit: false,
    claims: claimsNothing,
    scan: scalar.scan,
    fromCbor: (value, run) => fromValue(value, () => expectedValue(scalar.expected, value), run),
    fromJson(json, run) {
      const bare = untag(json, scalar.tag);
      const value = scalar.parse?.(bare, run) ?? plainValue(bare);
      if (value === undefined) run.refuse('value-type', expectedJson(scalar.expected, json));
      fromValue(value as Value, () => expectedJson(scalar.expected, json), run);
    },
    toJson: (value) =>
      scalar.show === undefined ? (value as V & JsonValue) : scalar.show(value as V),
  };
}

/** What stands under the only key of a tagged form; the value itself when it is not tagged so. */
function untag(json: JsonValue, tag: string): JsonValue {
  return isJsonObject(json) && isOnlyKey(json, tag) ? (json[tag] as JsonValue) : json;
}

/** JSON scalars that are values as they stand. */
function plainValue(json: JsonValue): Value | undefined {
  return typeof json === 'object' && json !== null ? undefined : json;
}

function isInteger(value: Value): value is number | bigint {
  return typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'bigint';
}

/** An integer may also be written as text, which some JSON tools need for 64 bits. */
function parseInteger(json: JsonValue): Value | undefined {
  if (typeof json !== 'string') return undefined;
  if (!INTEGER_TEXT.test(json)) return undefined;
  return narrowed(BigInt(json));
}

/** A number when it is safe. */
function narrowed(exact: bigint | undefined): number | bigint | undefined {
  return exact !== undefined && Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}

function scanInt(scan: Scan): boolean {
  const major = scan.major() === NEGATIVE ? NEGATIVE : UNSIGNED;
  return scan.head(major) && scan.highWord < I64_HIGH_LIMIT;
}

/** The tagged lens of null, exactly `{"null": {}}`. */
export function isNullLiteral(json: JsonValue): boolean {
  const inner = isJsonObject(json) && isOnlyKey(json, 'null') ? json.null : undefined;
  return isJsonObject(inner) && Object.keys(inner).length === 0;
}

/** True when the object has this key and no other. */
export function isOnlyKey(json: JsonObject, key: string): boolean {
  return Object.hasOwn(json, key) && Object.keys(json).length === 1;
}
