/**
 * Segments: the files of a log, and the frame each of them begins with.
 *
 * A segment's header states the world, its own number, how many records came before it and how
 * long the segment before it is, so a missing, foreign, shortened or exchanged file cannot pass.
 * A segment gets a successor only after all of it is durable.
 */
import { bytesEqual, decode, encode, type Hash, type Value } from '@aos/canon';
import { continueCheck, encodeFrame, type FrameStamp, frameSpan } from './frame.js';

export const JOURNAL_FOLDER = 'journal';
/** Where a new world is built before it gets its name; a leftover of a broken creation. */
export const STAGING_FOLDER = 'journal.creating';
export const SEGMENT_FORMAT = 1;
export const SALT_BYTES = 16;
/** An object frame begins with the hash of the bytes behind it. */
export const HASH_BYTES = 32;

/** Header frames cannot depend on the payload they carry, so their checks start from zero. */
export const SEGMENT_HEADER_SEED = 0;

/** No header frame is longer; whatever stands behind this position is not a part of one. */
export const MAX_HEADER_SPAN_BYTES = 240;

const NAME_DIGITS = 10;
const NAME = /^\d{10}\.log$/;

export interface SegmentHeader {
  /** World id: SHA-256 of the canonical genesis bytes. */
  readonly genesis: Hash;
  readonly segment: number;
  /** Sequence of the first record in this segment. */
  readonly first: number;
  /** Size of the segment before this one, 0 for the first. */
  readonly previousBytes: number;
  /** Of a file that was written anew without what nothing needs: its size, and what it was. */
  readonly compacted?: { readonly bytes: number; readonly original: number };
  /** Chosen at random for the world and kept by all its segments; keeps checks unpredictable. */
  readonly salt: Uint8Array;
}

export function segmentName(segment: number): string {
  return `${String(segment).padStart(NAME_DIGITS, '0')}.log`;
}

/** The number in a segment's name; `undefined` for other files. */
export function parseSegmentName(name: string): number | undefined {
  return NAME.test(name) ? Number.parseInt(name, 10) : undefined;
}

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const { genesis, segment, first, previousBytes, salt, compacted } = header;
  const fields = { format: SEGMENT_FORMAT, genesis, segment, first, previousBytes, salt };
  return encode(compacted === undefined ? fields : { ...fields, compacted });
}

/** The format a header states, whatever else is in it. */
export function formatOf(payload: Uint8Array): Value | undefined {
  return fieldsOf(payload).get('format');
}

/** `undefined` when these are not the bytes of a header of this format. */
export function decodeSegmentHeader(payload: Uint8Array): SegmentHeader | undefined {
  const fields = fieldsOf(payload);
  const compacted = fields.get('compacted');
  const header: SegmentHeader = {
    genesis: fields.get('genesis') as Hash,
    segment: fields.get('segment') as number,
    first: fields.get('first') as number,
    previousBytes: fields.get('previousBytes') as number,
    salt: fields.get('salt') as Uint8Array,
    ...(compacted instanceof Map ? { compacted: sizesOf(compacted) } : {}),
  };
  if (!isBytes(header.genesis, HASH_BYTES) || !isBytes(header.salt, SALT_BYTES)) return undefined;
  const numbers = [header.segment, header.first, header.previousBytes];
  if (header.compacted) numbers.push(header.compacted.bytes, header.compacted.original);
  if (!numbers.every(Number.isSafeInteger)) return undefined;
  return bytesEqual(encodeSegmentHeader(header), payload) ? header : undefined;
}

/** Start value of the checks in a segment, before the offset is mixed in. */
export function segmentSeed(header: SegmentHeader): number {
  return continueCheck(SEGMENT_HEADER_SEED, encodeSegmentHeader(header));
}

/** The header frame, ready to be written at position 0. */
export function encodeSegmentStart(header: SegmentHeader, stamp: FrameStamp): Buffer {
  const payload = encodeSegmentHeader(header);
  const bytes = Buffer.alloc(frameSpan(payload.length));
  encodeFrame(bytes, SEGMENT_HEADER_SEED, stamp, { kind: 'segment', payload });
  return bytes;
}

function sizesOf(fields: ReadonlyMap<Value, Value>) {
  return { bytes: fields.get('bytes') as number, original: fields.get('original') as number };
}

function fieldsOf(payload: Uint8Array): ReadonlyMap<Value, Value> {
  const decoded = decode(payload);
  return decoded.ok && decoded.value instanceof Map ? decoded.value : new Map();
}

function isBytes(value: unknown, sizeBytes: number): boolean {
  return value instanceof Uint8Array && value.length === sizeBytes;
}
