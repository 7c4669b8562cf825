/**
 * Frames: the only unit of a segment file.
 *
 * F1 A frame is a 40-byte header, the payload, and zeroes up to a multiple of 8; it starts at a
 *    multiple of 8.
 * F2 Header, little-endian: `AOS` and the kind (4 bytes), payload size (u32), check of the payload
 *    (u32), writer epoch (u64), durable sequence + 1 (u64), flushed position (u64), check of the
 *    36 bytes before it (u32).
 * F3 Both checks are CRC-32 started from a value that depends on world, segment and offset, so a
 *    frame verifies only where it was written, and bytes inside a payload never pass for a frame.
 * F4 `durable` and `flushed` are claims: when this frame was written, the records up to `durable`
 *    and all bytes of this segment below `flushed` had been made durable.
 */
import { crc32 } from 'node:zlib';

export const FRAME_HEADER_BYTES = 40;
export const FRAME_ALIGNMENT = 8;
/** Keeps sizes far from what u32 can say; also makes most wrong sizes recognizable. */
const MAX_PAYLOAD_BYTES = 2 ** 30;

export type FrameKind = 'segment' | 'genesis' | 'object' | 'record' | 'marker';

const KINDS: readonly FrameKind[] = ['segment', 'genesis', 'object', 'record', 'marker'];
const MAGIC = 0x534f41;
const MAGIC_MASK = 0xffffff;
const KIND_SHIFT = 24;
const HEADER_CHECK_AT = 36;
const TWO_32 = 2 ** 32;

/** What a frame says about the log at the moment it was written. */
export interface FrameStamp {
  readonly epoch: number;
  /** Sequence of the last record known durable, -1 for none. */
  readonly durable: number;
  /** Position in this segment below which everything is known durable. */
  readonly flushed: number;
}

export interface FrameHeader extends FrameStamp {
  readonly kind: FrameKind;
  readonly sizeBytes: number;
  readonly payloadCheck: number;
}

/** What a frame carries; an object has its hash as `prefix`. */
export interface FrameContent {
  readonly kind: FrameKind;
  readonly prefix?: Uint8Array;
  readonly payload: Uint8Array;
}

/** Bytes a frame takes with its padding. */
export function frameSpan(payloadBytes: number): number {
  return FRAME_HEADER_BYTES + Math.ceil(payloadBytes / FRAME_ALIGNMENT) * FRAME_ALIGNMENT;
}

/** Start value of the checks of the frame at `offset` in a segment (F3). */
export function frameSeed(segmentSeed: number, offset: number): number {
  return (segmentSeed ^ (offset / FRAME_ALIGNMENT)) >>> 0;
}

export function spanOf(content: FrameContent): number {
  return frameSpan(contentBytes(content));
}

/** Writes a frame to the front of the target, which has room for its span. */
export function encodeFrame(
  target: Buffer,
  seed: number,
  stamp: FrameStamp,
  content: FrameContent,
): void {
  const { prefix, payload } = content;
  const sizeBytes = contentBytes(content);
  const end = FRAME_HEADER_BYTES + sizeBytes;
  if (prefix) target.set(prefix, FRAME_HEADER_BYTES);
  target.set(payload, end - payload.length);
  for (let at = end; at % FRAME_ALIGNMENT !== 0; at++) target[at] = 0;
  target.writeUInt32LE(MAGIC | ((KINDS.indexOf(content.kind) + 1) << KIND_SHIFT), 0);
  target.writeUInt32LE(sizeBytes, 4);
  target.writeUInt32LE(crc32(payload, prefix ? crc32(prefix, seed) : seed), 8);
  writeU64(target, 12, stamp.epoch);
  writeU64(target, 20, stamp.durable + 1);
  writeU64(target, 28, stamp.flushed);
  const check = crc32(target.subarray(0, HEADER_CHECK_AT), seed);
  target.writeUInt32LE(check, HEADER_CHECK_AT);
}

/** The header at `at` of a buffer that holds all of it; `undefined` when it does not verify. */
export function decodeFrameHeader(
  bytes: Buffer,
  at: number,
  seed: number,
): FrameHeader | undefined {
  if (!looksLikeFrame(bytes, at)) return undefined;
  const check = crc32(bytes.subarray(at, at + HEADER_CHECK_AT), seed);
  const kind = KINDS[bytes.readUInt8(at + 3) - 1];
  const sizeBytes = bytes.readUInt32LE(at + 4);
  if (check !== bytes.readUInt32LE(at + HEADER_CHECK_AT)) return undefined;
  if (kind === undefined || sizeBytes > MAX_PAYLOAD_BYTES) return undefined;
  return {
    kind,
    sizeBytes,
    payloadCheck: bytes.readUInt32LE(at + 8),
    epoch: readU64(bytes, at + 12),
    durable: readU64(bytes, at + 20) - 1,
    flushed: readU64(bytes, at + 28),
  };
}

/** A cheap first look, for the search behind a bad place. */
export function looksLikeFrame(bytes: Buffer, at: number): boolean {
  return (bytes.readUInt32LE(at) & MAGIC_MASK) === MAGIC;
}

/** Continues a payload check over the next piece. */
export function continueCheck(check: number, piece: Uint8Array): number {
  return crc32(piece, check);
}

function contentBytes({ prefix, payload }: FrameContent): number {
  return (prefix?.length ?? 0) + payload.length;
}

function writeU64(target: Buffer, at: number, value: number): void {
  target.writeUInt32LE(value % TWO_32, at);
  target.writeUInt32LE(Math.floor(value / TWO_32), at + 4);
}

function readU64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 4) * TWO_32 + bytes.readUInt32LE(at);
}
