/**
 * Bundles: a whole world as one file. Numbers are big-endian.
 *
 * B1 Eight bytes of magic and the format, then frames: a kind (u8), a size (u32), a payload.
 * B2 In this order: the head; the first genesis; all objects; the records, with the genesis of each
 *    fork where its records begin; the counts; the end.
 * B3 The end is the SHA-256 of all bytes before it, and the last bytes of the file: there is no
 *    byte that it does not cover.
 * B4 A bundle has no names of files, no keys and nothing of the machine.
 */
import { bytesEqual, decode, encode, type Hash, type Value } from '@aos/canon';
import { AosFault, type SnapshotMark } from '@aos/protocol';

export const BUNDLE_FORMAT = 1;
export const MAGIC_BYTES = 12;
export const FRAME_HEAD_BYTES = 5;
export const HASH_BYTES = 32;
/** As the log takes them. */
export const MAX_PAYLOAD_BYTES = 2 ** 29;
/** Of the head and the counts, which are small. */
export const MAX_HEAD_BYTES = 2 ** 12;

const MAGIC = new TextEncoder().encode('AOSBUNDL');

export type BundleKind = 'head' | 'genesis' | 'object' | 'record' | 'counts' | 'end';
const KINDS: readonly BundleKind[] = ['head', 'genesis', 'object', 'record', 'counts', 'end'];

/** What a bundle says it holds. */
export interface BundleHead {
  readonly worldId: Hash;
  /** Sequence and chain value of the last record; −1 and the world id when there is none. */
  readonly seq: number;
  readonly chain: Hash;
  /** How many worlds it goes through, from the first to this one. */
  readonly worlds: number;
  readonly snapshot: SnapshotMark | null;
}

export interface BundleCounts {
  readonly objects: number;
  readonly records: number;
}

export function encodeMagic(): Buffer {
  const bytes = Buffer.alloc(MAGIC_BYTES);
  bytes.set(MAGIC);
  bytes.writeUInt32BE(BUNDLE_FORMAT, MAGIC.length);
  return bytes;
}

/** The format that a file says, `undefined` where it is no bundle. */
export function formatOf(bytes: Buffer): number | undefined {
  if (bytes.length < MAGIC_BYTES || !bytesEqual(bytes.subarray(0, MAGIC.length), MAGIC)) {
    return undefined;
  }
  return bytes.readUInt32BE(MAGIC.length);
}

export function encodeFrameHead(kind: BundleKind, sizeBytes: number): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt8(KINDS.indexOf(kind) + 1);
  head.writeUInt32BE(sizeBytes, 1);
  return head;
}

export interface BundleFrame {
  readonly kind: BundleKind;
  readonly sizeBytes: number;
}

/** `undefined` for a kind that there is not. */
export function decodeFrameHead(bytes: Buffer): BundleFrame | undefined {
  const kind = KINDS[bytes.readUInt8(0) - 1];
  return kind && { kind, sizeBytes: bytes.readUInt32BE(1) };
}

export function encodeHead({ worldId, seq, chain, worlds, snapshot }: BundleHead): Uint8Array {
  const mark = snapshot && { seq: snapshot.seq, hash: snapshot.hash, head: snapshot.head };
  return encode({ world_id: worldId, seq, chain, worlds, snapshot: mark });
}

/** Code: `bundle-shape`. */
export function decodeHead(payload: Uint8Array): BundleHead {
  const fields = fieldsOf(payload, 'head');
  const snapshot = fields.get('snapshot') ?? null;
  const head: BundleHead = {
    worldId: hashOf(fields.get('world_id')),
    seq: seqOf(fields.get('seq')),
    chain: hashOf(fields.get('chain')),
    worlds: countOf(fields.get('worlds')),
    snapshot: snapshot === null ? null : snapshotOf(snapshot),
  };
  if (head.worlds < 1 || !bytesEqual(encodeHead(head), payload)) throw bundleShape('the head');
  return head;
}

function snapshotOf(value: Value): SnapshotMark {
  if (!(value instanceof Map)) throw bundleShape('the snapshot');
  const fields: ReadonlyMap<Value, Value> = value;
  const head = fields.get('head');
  return {
    kind: 'snapshot',
    seq: seqOf(fields.get('seq')),
    hash: hashOf(fields.get('hash')),
    ...(head === undefined ? {} : { head: hashOf(head) }),
  };
}

export function encodeCounts({ objects, records }: BundleCounts): Uint8Array {
  return encode({ objects, records });
}

/** Code: `bundle-shape`. */
export function decodeCounts(payload: Uint8Array): BundleCounts {
  const fields = fieldsOf(payload, 'counts');
  const counts = {
    objects: countOf(fields.get('objects')),
    records: countOf(fields.get('records')),
  };
  if (!bytesEqual(encodeCounts(counts), payload)) throw bundleShape('the counts');
  return counts;
}

function fieldsOf(payload: Uint8Array, what: string): ReadonlyMap<Value, Value> {
  const decoded = decode(payload);
  if (decoded.ok && decoded.value instanceof Map) return decoded.value;
  throw bundleShape(`the ${what}`);
}

function hashOf(value: Value | undefined): Hash {
  if (value instanceof Uint8Array && value.length === HASH_BYTES) return value as Hash;
  throw bundleShape('a hash');
}

function seqOf(value: Value | undefined): number {
  if (Number.isSafeInteger(value) && (value as number) >= -1) return value as number;
  throw bundleShape('a sequence');
}

function countOf(value: Value | undefined): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw bundleShape('a count');
}

/** Fault `bundle-shape`: whoever made the bundle made none. */
export function bundleShape(expected: string): AosFault {
  return refusedBundle('bundle-shape', `expected ${expected} as bundles have it, found otherwise`);
}

/** Why a bundle is not taken; nothing of it is kept. */
export function refusedBundle(code: string, found: string): AosFault {
  const message = `${found}; get the bundle again, or have it made again`;
  return new AosFault(code, message, { retry: 'never' });
}
