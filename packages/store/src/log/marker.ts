/** Payloads of marker frames: canonical `{name, …}`, the only frames beside the journal's own. */
import { bytesEqual, decode, encode, type Hash, type Value } from '@aos/canon';
import type { StoreMark } from '@aos/protocol';
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
  return encode({ name, ...fields });
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
      return withSeq(fields, (seq) => ({ kind, seq, hash: hash as Hash }));
    }
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

function withSeq(
  fields: ReadonlyMap<Value, Value>,
  make: (seq: number) => StoreMark,
): StoreMark | undefined {
  const seq = fields.get('seq');
  return Number.isSafeInteger(seq) ? make(seq as number) : undefined;
}
