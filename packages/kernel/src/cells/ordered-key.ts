/**
 * Ordered keys: where a cell stands among the others (spec L2).
 *
 * 1. Bytewise order of ordered keys is the order of the values.
 * 2. Injective, and no ordered key of a type is a prefix of another of the same type.
 * 3. A key does not depend on the order in which fields or arms are declared.
 * 4. Bytes that are no canonical value of the type are refused with `cell-key` or a code of the
 *    codec, since leaves also come from foreign files.
 */
import type { ValueType } from '@aos/air';
import { compareBytes, fromHex, parseDec128, Reader, RefusalError, utf8 } from '@aos/canon';
import { END, MORE, OrderedBytes } from './ordered-bytes.js';
import { appendDecimal } from './ordered-decimal.js';

type Kind = ValueType['kind'];
type TypeOf<K extends Kind> = Extract<ValueType, { readonly kind: K }>;
/** Reads one value of the type and appends where it stands. */
type Append<K extends Kind> = (out: OrderedBytes, type: TypeOf<K>, r: Reader) => void;

const SIGN = 1n << 63n;
const HASH_BYTES = 32;
const UUID_BYTES = 16;
const HASH_PREFIX = 'sha256:';

/** The ordered key of a value of this type, given in canonical tagged bytes. */
export function orderedKey(type: ValueType, canonicalKey: Uint8Array): Uint8Array {
  const r = new Reader(canonicalKey);
  const out = new OrderedBytes();
  r.selfDescribe();
  appendOrdered(out, type, r);
  r.end();
  return out.finish();
}

/** Appends the ordered key of the value that stands at the reader. */
export function appendOrdered(out: OrderedBytes, type: ValueType, r: Reader): void {
  const append = APPEND[type.kind] as Append<Kind>;
  append(out, type, r);
}

const appendSigned = (out: OrderedBytes, _type: ValueType, r: Reader): void => {
  const shifted = BigInt(r.int()) + SIGN;
  if (shifted < 0n || shifted >= 2n * SIGN) throw misfit('expected -2^63 to 2^63 - 1');
  out.u64(shifted);
};

const APPEND: { readonly [K in Kind]: Append<K> } = {
  unit(_out, _type, r) {
    if (!r.isNil()) throw misfit('expected null');
  },
  bool: (out, _type, r) => out.byte(r.bool() ? 1 : 0),
  nat(out, _type, r) {
    const value = r.int();
    if (value < 0) throw misfit('expected an integer from 0');
    out.u64(value);
  },
  int: appendSigned,
  time: appendSigned,
  duration: appendSigned,
  dec128(out, _type, r) {
    const written = r.text();
    const normal = parseDec128(written);
    if (!normal.ok || normal.value !== written) throw misfit('expected a decimal in normal form');
    appendDecimal(out, written);
  },
  text: (out, _type, r) => out.ended(utf8(r.text())),
  bytes: (out, _type, r) => out.ended(r.bytes()),
  hash(out, _type, r) {
    const written = r.text();
    if (!written.startsWith(HASH_PREFIX)) throw misfit('expected a hash');
    out.raw(bytesOfHex(written.slice(HASH_PREFIX.length), HASH_BYTES));
  },
  uuid: (out, _type, r) => out.raw(bytesOfHex(r.text().replaceAll('-', ''), UUID_BYTES)),
  option(out, { inner }, r) {
    if (r.isNil()) return out.byte(END);
    out.byte(MORE);
    appendOrdered(out, inner, r);
  },
  list(out, { item }, r) {
    for (let left = r.listHead(); left > 0; left--) {
      out.byte(MORE);
      appendOrdered(out, item, r);
    }
    out.byte(END);
  },
  set(out, { item }, r) {
    appendSorted(out, r.listHead(), (part) => appendOrdered(part, item, r));
  },
  map(out, { key, value }, r) {
    appendSorted(out, r.mapHead(), (part) => {
      appendOrdered(part, key, r);
      appendOrdered(part, value, r);
    });
  },
  record(out, { fields }, r) {
    const count = r.mapHead();
    if (count !== fields.size) throw misfit(`expected ${fields.size} fields, found ${count}`);
    for (let i = 0; i < count; i++) {
      const field = fields.get(r.text());
      if (field === undefined) throw misfit('a field that the key type has not');
      appendOrdered(out, field, r);
    }
  },
  variant(out, { arms }, r) {
    if (r.mapHead() !== 2) throw misfit('expected a tag and a value');
    r.key('$tag');
    const tag = r.text();
    const arm = arms.get(tag);
    if (arm === undefined) throw misfit('an arm that the key type has not');
    r.key('$value');
    out.ended(utf8(tag));
    appendOrdered(out, arm, r);
  },
  handle: notData,
  never: notData,
};

/** Rows whose order in canonical bytes is not that of their ordered keys. */
function appendSorted(out: OrderedBytes, count: number, write: (part: OrderedBytes) => void): void {
  const parts = Array.from({ length: count }, () => {
    const part = new OrderedBytes();
    write(part);
    return part.finish();
  });
  for (const part of parts.sort(compareBytes)) {
    out.byte(MORE);
    out.raw(part);
  }
  out.byte(END);
}

function bytesOfHex(digits: string, sizeBytes: number): Uint8Array {
  const bytes = fromHex(digits);
  if (bytes.ok && bytes.value.length === sizeBytes) return bytes.value;
  throw misfit(`expected ${sizeBytes} bytes in hexadecimal digits`);
}

function notData(): never {
  throw misfit('a type that no data has');
}

function misfit(detail: string): RefusalError {
  return new RefusalError({ code: 'cell-key', at: '', detail });
}
