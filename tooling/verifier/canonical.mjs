// What the verifier is made of: canonical bytes (chapter 1), hashes, tree, curve, kept heads.
import { createHash, createPublicKey, verify } from 'node:crypto';

export const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
export const hex = (bytes) => Buffer.from(bytes).toString('hex');
export const unhex = (text) => Buffer.from(text, 'hex');
export const same = (a, b) =>
  a instanceof Uint8Array && b instanceof Uint8Array && hex(a) === hex(b);
const TAG = unhex('d9d9f7');
export const EMPTY_TRIE = hex(sha256(TAG, unhex('a1666c656176657380')));
const TEXTS = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** The canonical bytes of each map that was read. */
export const rawOf = new WeakMap();

export function check(holds, what) {
  if (!holds) throw new Error(what);
}

/** A canonical document (chapter 1) but for floats, which no shape has. */
export function readDocument(bytes) {
  check(same(bytes.subarray(0, 3), TAG), 'no document');
  return readItem(bytes.subarray(3));
}

export function readItem(raw) {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  let at = 0;
  const take = (size) => {
    check(size <= bytes.length - at, 'truncated');
    at += size;
    return bytes.subarray(at - size, at);
  };
  const argument = (info) => {
    if (info < 24) return BigInt(info);
    check(info < 28, 'a head that is none');
    const value = BigInt(`0x${hex(take(1 << (info - 24)))}`);
    check(value >= (info === 24 ? 24n : 1n << BigInt(4 << (info - 24))), 'a longer head');
    return value;
  };
  const item = (depth) => {
    const from = at;
    const [major, info] = [bytes[at] >> 5, take(1)[0] & 31];
    if (major === 7 && info > 19 && info < 23) return info === 22 ? null : info === 21;
    check(major < 6, 'nothing that a journal holds');
    const value = argument(info);
    if (major < 2) return narrow(major === 0 ? value : -1n - value);
    const count = Number(value);
    check(count <= bytes.length - at, 'truncated');
    if (major === 2) return take(count);
    if (major === 3) return TEXTS.decode(take(count));
    check(depth < 128, 'too deep');
    if (major === 4) return Array.from({ length: count }, () => item(depth + 1));
    const map = Object.create(null);
    for (let left = count, before = TAG.subarray(3); left > 0; left--) {
      const start = at;
      const key = item(depth + 1);
      const name = bytes.subarray(start, at);
      check(Buffer.compare(before, name) < 0, 'keys out of order');
      before = name;
      map[typeof key === 'string' ? key : `\0${hex(name)}`] = item(depth + 1);
    }
    rawOf.set(map, bytes.subarray(from, at));
    return map;
  };
  const value = item(0);
  check(at === bytes.length, 'bytes behind the item');
  return value;
}

const narrow = (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
export const short = (text) => hex([0x60 + text.length]) + hex(Buffer.from(text));
export const bytesOf = (b) =>
  (b.length < 24 ? hex([0x40 + b.length]) : `58${hex([b.length])}`) + hex(b);
export function integer(n) {
  if (n < 24) return hex([n < 0 ? 0x1f - n : n]);
  const size = [1, 2, 4, 8].find((bytes) => n < 2 ** (8 * bytes));
  return hex([24 + Math.log2(size)]) + n.toString(16).padStart(2 * size, '0');
}
export const messageOf = (domain, item) => Buffer.concat([Buffer.from(`${domain}\0`), TAG, item]);
/** Of fields in their order, with items in hex. */
export function shapeOf(fields) {
  const all = Object.entries(fields);
  return unhex(`a${all.length}${all.map(([name, item]) => short(name) + item).join('')}`);
}

const PRIME = (1n << 255n) - 19n;
const SMALL_ORDER = new Set([
  ...[0n, 1n, PRIME - 1n],
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd83d3d706a17c7n,
]);

/** ed25519 by RFC 8032, with keys that are canonical and not of small order. */
export function holds(key, message, sig) {
  const y = BigInt(`0x${hex(Buffer.from(key).reverse())}`) & ((1n << 255n) - 1n);
  if (key.length !== 32 || sig.length !== 64 || y >= PRIME || SMALL_ORDER.has(y)) return false;
  const der = Buffer.concat([unhex('302a300506032b6570032100'), key]);
  return verify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), sig);
}

/** The tree of RFC 6962, as the roots of its full subtrees. */
export class Tree {
  nodes = [];
  add(leaf) {
    let node = { size: 1, hash: sha256(unhex('00'), leaf) };
    while (this.nodes.at(-1)?.size === node.size) {
      const left = this.nodes.pop();
      node = { size: 2 * node.size, hash: sha256(unhex('01'), left.hash, node.hash) };
    }
    this.nodes.push(node);
  }
  root() {
    const hashes = this.nodes.map(({ hash }) => hash).reverse();
    if (hashes.length === 0) return sha256();
    return hashes.reduce((right, left) => sha256(unhex('01'), left, right));
  }
}

/** A head as `aos --json head --sign` says it. */
export function readKept(text) {
  const said = JSON.parse(text);
  const { seq, epoch, sig, key_id: id, ...hashes } = said.data ?? said;
  const raw = (hash) => unhex(`${hash}`.slice(7));
  const read = ['world_id', 'chain', 'merkle_root', 'world_hash'].map((name) => [
    name,
    raw(hashes[name]),
  ]);
  const head = { seq, epoch, ...Object.fromEntries(read) };
  return { head, signature: sig === null ? undefined : { key_id: raw(id), sig: unhex(sig) } };
}
