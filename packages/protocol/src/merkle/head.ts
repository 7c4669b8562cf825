/**
 * The head of a world: what it has come to, in one shape that a host signs. Who trusts the key can
 * hold a world, and every record of it, against a head.
 */
import {
  asHash,
  attempt,
  decode,
  type Encodable,
  encode,
  type Hash,
  ok,
  type Result,
  refuse,
  type Value,
} from '@aos/canon';
import { Fields } from '../shapes/shape-fields.js';
import { shapeRefusal } from '../shapes/shape-reader.js';
import { SIGNATURE_BYTES, signedMessage } from '../signed/signature.js';
import { Frontier } from './frontier.js';

/** The domain a head is signed under. */
export const HEAD_DOMAIN = 'aos/head/0';

export interface Head {
  readonly worldId: Hash;
  readonly epoch: number;
  /** Of the last record, -1 for a world without records. */
  readonly seq: number;
  /** Chain value of that record; the world id for none. */
  readonly chain: Hash;
  /** Root of the Merkle tree over the chain values of the records up to it. */
  readonly merkleRoot: Hash;
  /** Hash of the world there: that of its snapshot. */
  readonly worldHash: Hash;
}

/** Who has signed a head. */
export interface HeadSignature {
  readonly keyId: Hash;
  readonly sig: Uint8Array;
}

/** A head as it is stored beside a snapshot, with the frontier that its root follows from. */
export interface StoredHead extends Head {
  readonly frontier: readonly Hash[];
  /** `null` where no host had a key. */
  readonly signature: HeadSignature | null;
}

/** The bytes that are signed. */
export function headMessage(head: Head): Uint8Array {
  return signedMessage(HEAD_DOMAIN, encode(shapeOf(head)));
}

export function encodeStoredHead(stored: StoredHead): Uint8Array {
  const { frontier, signature } = stored;
  const signed = signature && { key_id: signature.keyId, sig: signature.sig };
  return encode({ head: shapeOf(stored), frontier, signature: signed } as Encodable);
}

/**
 * Codes: those of the codec, `shape-*`, and `head-frontier` when root and frontier do not belong
 * together. The signature is not checked.
 */
export function decodeStoredHead(bytes: Uint8Array): Result<StoredHead> {
  const decoded = decode(bytes);
  if (!decoded.ok) return decoded;
  const read = attempt(() => readStored(decoded.value));
  if (!read.ok) return read;
  const { seq, merkleRoot, frontier } = read.value;
  if (!isRootOf(merkleRoot, { size: seq + 1, nodes: frontier })) {
    return refuse('head-frontier', '/frontier', 'the frontier is not that of the root');
  }
  return ok(read.value);
}

function isRootOf(root: Hash, shape: { readonly size: number; readonly nodes: readonly Hash[] }) {
  const sizes = shape.size.toString(2).replaceAll('0', '').length;
  if (sizes !== shape.nodes.length) return false;
  const found = new Frontier(shape).root();
  return root.every((byte, i) => byte === found[i]);
}

function readStored(value: Value): StoredHead {
  const fields = new Fields(value);
  const head = readHead(fields.value('head'));
  const frontier = fields.list('frontier').map((each) => {
    if (each instanceof Uint8Array && each.length === 32) return asHash(each);
    throw shapeRefusal('shape-field', 'expected hashes in frontier');
  });
  const signature = fields.value('signature');
  fields.end();
  return { ...head, frontier, signature: signature === null ? null : readSignature(signature) };
}

function readHead(value: Value): Head {
  const fields = new Fields(value);
  const seq = fields.value('seq');
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < -1) {
    throw shapeRefusal('shape-field', 'expected the sequence of a record in seq, or -1');
  }
  const head = {
    worldId: fields.hash('world_id'),
    epoch: fields.nat('epoch'),
    seq,
    chain: fields.hash('chain'),
    merkleRoot: fields.hash('merkle_root'),
    worldHash: fields.hash('world_hash'),
  };
  fields.end();
  return head;
}

function readSignature(value: Value): HeadSignature {
  const fields = new Fields(value);
  const signature = { keyId: fields.hash('key_id'), sig: fields.exact('sig', SIGNATURE_BYTES) };
  fields.end();
  return signature;
}

function shapeOf({ worldId, epoch, seq, chain, merkleRoot, worldHash }: Head) {
  const roots = { merkle_root: merkleRoot, world_hash: worldHash };
  return { world_id: worldId, epoch, seq, chain, ...roots };
}
