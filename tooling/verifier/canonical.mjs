// The verifier's own reading of chapter 1, of ed25519, and of the tree of RFC 6962.
import { createHash, createPublicKey, verify } from 'node:crypto';
export const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
export const hex = (bytes) => Buffer.from(bytes).toString('hex');
export const unhex = (text) => Buffer.from(text, 'hex');
export const same = (a, b) =>
  a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
export function check(holds, what) {
  if (!holds) throw new Error(what);
}
const TAG = unhex('d9d9f7');
const TEXTS = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** A canonical document but for floats, which no shape has. */
export const readDocument = (bytes) =>
  check(same(bytes.subarray(0, 3), TAG), 'cbor-tag') ?? readItem(bytes.subarray(3));
/** Maps are objects; a key that is no plain text is named by a zero and its bytes in hex. */
export function readItem(raw) {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  let [at, room] = [0, bytes.length];
  const take = (size) => {
    check(size <= bytes.length - at, 'cbor-truncated');
    at += Number(size);
    return bytes.subarray(at - Number(size), at);
  };
  const item = (depth) => {
    const [first] = take(1);
    const [major, info] = [first >> 5, first & 31];
    if (major === 7 && info > 19 && info < 23) return info === 22 ? null : info === 21;
    check(major < 6 && info < 28 && depth <= 128, 'cbor-unsupported');
    const size = BigInt(info < 24 ? info : `0x${hex(take(1 << (info - 24)))}`);
    const number = major === 0 ? size : -1n - size;
    if (major < 2) return Number.isSafeInteger(Number(number)) ? Number(number) : number;
    if (major < 4) return major === 2 ? take(size) : TEXTS.decode(take(size));
    room -= Number(size);
    check(room >= 0, 'cbor-truncated');
    const next = () => item(depth + 1);
    if (major === 4) return Array.from({ length: Number(size) }, next);
    const isName = (read) => typeof read === 'string' && !read.startsWith('\0');
    const key = (read) => (isName(read) ? read : `\0${hex(encodeItem(read))}`);
    const pairs = Array.from({ length: Number(size) }, () => [key(next()), next()]);
    return Object.assign(Object.create(null), Object.fromEntries(pairs));
  };
  const value = item(0);
  return check(encodeItem(value).equals(bytes), 'cbor-non-canonical') ?? value;
}
/** The one encoding of what was read: sorted keys, shortest heads. */
export function encodeItem(value) {
  const concat = (major, size, parts) => Buffer.concat([head(major, size), ...parts]);
  if (value === null || value === !!value) return unhex({ true: 'f5', false: 'f4' }[value] ?? 'f6');
  if (typeof value === 'string') return concat(3, Buffer.byteLength(value), [Buffer.from(value)]);
  if (typeof value !== 'object') return value < 0 ? head(1, -1n - BigInt(value)) : head(0, value);
  if (value instanceof Uint8Array) return concat(2, value.length, [value]);
  if (Array.isArray(value)) return concat(4, value.length, value.map(encodeItem));
  const keyOf = (name) => (name.startsWith('\0') ? unhex(name.slice(1)) : encodeItem(name));
  const pairs = Object.entries(value).map(([name, item]) => [keyOf(name), encodeItem(item)]);
  return concat(5, pairs.length, pairs.sort(([a], [b]) => Buffer.compare(a, b)).flat());
}
function head(major, size) {
  const n = BigInt(size);
  if (n < 24n) return Buffer.from([32 * major + Number(n)]);
  const log = [0, 1, 2, 3].find((each) => n < 1n << BigInt(8 << each)) ?? 3;
  return unhex(hex([32 * major + 24 + log]) + n.toString(16).padStart(2 << log, '0'));
}
const PRIME = (1n << 255n) - 19n;
const EIGHTH = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
const SMALL_ORDER = new Set([0n, 1n, PRIME - 1n, EIGHTH, PRIME - EIGHTH]);
/** ed25519 by RFC 8032, with keys that are canonical and not of small order. */
export function holds(key, message, sig) {
  const y = BigInt(`0x${hex(Buffer.from(key).reverse())}`) & ((1n << 255n) - 1n);
  if (key.length !== 32 || sig.length !== 64 || y >= PRIME || SMALL_ORDER.has(y)) return false;
  const der = Buffer.concat([unhex('302a300506032b6570032100'), key]);
  return verify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), sig);
}
export const isSigned = (domain, shape, key, sig) =>
  holds(key, Buffer.concat([Buffer.from(`${domain}\0`), TAG, encodeItem(shape)]), sig);
const nodeOf = (left, right) => sha256(unhex('01'), left, right);
/** The roots of the full subtrees of a tree of RFC 6962, from the left, with one leaf more. */
export function withLeaf(nodes, size, leaf) {
  let [rest, node] = [nodes, sha256(unhex('00'), leaf)];
  for (let left = size; left % 2 === 1; left = (left - 1) / 2) {
    [rest, node] = [rest.slice(0, -1), nodeOf(rest.at(-1), node)];
  }
  return [...rest, node];
}
export const rootOf = ([a = sha256(), ...rest]) => (rest[0] ? nodeOf(a, rootOf(rest)) : a);
