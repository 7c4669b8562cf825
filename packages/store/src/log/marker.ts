/** Payloads of marker frames: canonical `{name, …}`, the only frames beside the journal's own. */
import { bytesEqual, decode, encode, type Hash, type Value } from '@aos/canon';
import type { SnapshotMark, StoreMark } from '@aos/protocol';
import { HASH_BYTES } from './segment.js';

/** What a writer leaves when it begins and when it ends. */
type WriterMarker = { readonly kind: 'closed' } | { readonly kind: 'opened' };

export type Marker = StoreMark | WriterMarker;

/** A marker whose name means nothing here: of a later build, and no concern of this one. */
interface UnknownMarker {
  readonly kind: 'unknown';
}

export function encodeMarker(marker: Marker): Uint8Array {
  const { kind: name, ...fields } = marker;
  if (!('snapshot' in fields)) return encode({ name, ...fields });
  const others = fields.others.map(withoutKind);
  return encode({ name, ...fields, snapshot: withoutKind(fields.snapshot), others });
}

/** Whether a marker says something of the world, and not of its writer. */
export function isStoreMark(marker: ReturnType<typeof decodeMarker>): marker is StoreMark {
  const kind = marker?.kind ?? 'unknown';
  return kind !== 'unknown' && kind !== 'opened' && kind !== 'closed';
}

/** `undefined` when these are not the bytes of a marker. */
export function decodeMarker(payload: Uint8Array): Marker | UnknownMarker | undefined {
  const decoded = decode(payload);
  if (!decoded.ok || !(decoded.value instanceof Map)) return undefined;
  const fields: ReadonlyMap<Value, Value> = decoded.value;
  const marker = readMarker(fields);
  if (marker === undefined || marker.kind === 'unknown') return marker;
  return bytesEqual(encodeMarker(marker), payload) ? marker : undefined;
}

function readMarker(fields: ReadonlyMap<Value, Value>): Marker | UnknownMarker | undefined {
  const kind = fields.get('name');
  switch (kind) {
    case 'closed':
    case 'opened':
      return { kind };
    case 'snapshot': {
      const hash = fields.get('hash');
      if (!(hash instanceof Uint8Array) || hash.length !== HASH_BYTES) return undefined;
      const head = fields.get('head');
      const isHead = head instanceof Uint8Array && head.length === HASH_BYTES;
      if (head !== undefined && !isHead) return undefined;
      const named = isHead ? { head: head as Hash } : {};
      return withSeq(fields, (seq) => ({ kind, seq, hash: hash as Hash, ...named }));
    }
    case 'pruned':
      return readPruned(fields);
    case 'halt': {
      const [code, detail] = [fields.get('code'), fields.get('detail')];
      if (typeof code !== 'string' || typeof detail !== 'string') return undefined;
      return withSeq(fields, (seq) => ({ kind, seq, code, detail }));
    }
    case 'halt-cleared':
      return withSeq(fields, (seq) => ({ kind, seq }));
    default:
      return typeof kind === 'string' ? { kind: 'unknown' } : undefined;
  }
}

function readPruned(fields: ReadonlyMap<Value, Value>): StoreMark | undefined {
  const [chain, frontier, segment, at] = ['chain', 'frontier', 'segment', 'at'].map((name) =>
    fields.get(name),
  );
  const snapshot = readSnapshot(fields.get('snapshot'));
  const list = fields.get('others');
  const others = (Array.isArray(list) ? list : [undefined]).map(readSnapshot);
  const isList = Array.isArray(frontier) && frontier.every((node) => isHash(node));
  if (!isHash(chain) || !isList) return undefined;
  if (!Number.isSafeInteger(segment) || !Number.isSafeInteger(at)) return undefined;
  if (snapshot === undefined || !others.every((mark) => mark !== undefined)) return undefined;
  const places = { segment: segment as number, at: at as number };
  const known = { chain, frontier: frontier as Hash[], ...places };
  return withSeq(fields, (seq) => ({ kind: 'pruned', seq, ...known, snapshot, others }));
}

function readSnapshot(value: Value | undefined): SnapshotMark | undefined {
  if (!(value instanceof Map)) return undefined;
  const mark = readMarker(new Map<Value, Value>([...value, ['name', 'snapshot']]));
  return mark?.kind === 'snapshot' ? mark : undefined;
}

function withoutKind({ kind: _kind, ...fields }: SnapshotMark) {
  return fields;
}

function isHash(value: Value | undefined): value is Hash {
  return value instanceof Uint8Array && value.length === HASH_BYTES;
}

function withSeq(
  fields: ReadonlyMap<Value, Value>,
  make: (seq: number) => StoreMark,
): StoreMark | undefined {
  const seq = fields.get('seq');
  return Number.isSafeInteger(seq) ? make(seq as number) : undefined;
}
