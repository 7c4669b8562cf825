/** Reads verified frames of one segment. */
import {
  continueCheck,
  decodeFrameHeader,
  FRAME_HEADER_BYTES,
  type FrameHeader,
  frameSeed,
  frameSpan,
} from './frame.js';
import type { Window } from './window.js';

/** A payload is verified in pieces of this size, so that memory stays bounded. */
const PIECE_BYTES = 2 ** 18;

/** Records of a walk are copied next to each other: memory of its own for each costs more. */
const SLAB_BYTES = 2 ** 14;

export class FrameReader {
  private slab = new Uint8Array(0);
  private slabUsed = 0;

  constructor(
    readonly window: Window,
    private readonly segmentSeed: number,
  ) {}

  /** The header at `offset`, `undefined` when there is none that verifies. */
  headerAt(offset: number): FrameHeader | undefined {
    const bytes = this.window.at(offset, FRAME_HEADER_BYTES);
    if (bytes.length < FRAME_HEADER_BYTES) return undefined;
    return decodeFrameHeader(bytes, 0, frameSeed(this.segmentSeed, offset));
  }

  /** As headerAt, with the payload and the padding verified too. */
  frameAt(offset: number): FrameHeader | undefined {
    const header = this.headerAt(offset);
    return header && this.bodyVerifies(offset, header) ? header : undefined;
  }

  /** A copy of the payload, `undefined` when it does not verify. */
  payloadAt(offset: number, header: FrameHeader): Uint8Array | undefined {
    const bytes = this.verified(offset, header);
    return bytes && copyOf(bytes);
  }

  /** The same beside those that were read before it: who keeps one keeps those, too. */
  nextPayloadAt(offset: number, header: FrameHeader): Uint8Array | undefined {
    const bytes = this.verified(offset, header);
    if (bytes === undefined || bytes.length > SLAB_BYTES / 4) return bytes && copyOf(bytes);
    if (this.slabUsed + bytes.length > this.slab.length) {
      this.slab = new Uint8Array(SLAB_BYTES);
      this.slabUsed = 0;
    }
    const from = this.slabUsed;
    this.slab.set(bytes, from);
    this.slabUsed += bytes.length;
    return this.slab.subarray(from, this.slabUsed);
  }

  private verified(offset: number, header: FrameHeader): Uint8Array | undefined {
    const bytes = this.window.at(offset + FRAME_HEADER_BYTES, header.sizeBytes);
    if (bytes.length < header.sizeBytes) return undefined;
    const check = continueCheck(frameSeed(this.segmentSeed, offset), bytes);
    return check === header.payloadCheck ? bytes : undefined;
  }

  /** The first bytes of a payload, a copy. */
  payloadStart(offset: number, sizeBytes: number): Uint8Array {
    return copyOf(this.window.at(offset + FRAME_HEADER_BYTES, sizeBytes));
  }

  private bodyVerifies(offset: number, header: FrameHeader): boolean {
    const end = offset + FRAME_HEADER_BYTES + header.sizeBytes;
    const padding = offset + frameSpan(header.sizeBytes) - end;
    let check = frameSeed(this.segmentSeed, offset);
    for (let at = offset + FRAME_HEADER_BYTES; at < end; at += PIECE_BYTES) {
      const sizeBytes = Math.min(PIECE_BYTES, end - at);
      const piece = this.window.at(at, sizeBytes);
      if (piece.length < sizeBytes) return false;
      check = continueCheck(check, piece);
    }
    if (check !== header.payloadCheck) return false;
    if (padding === 0) return true;
    const zeroes = this.window.at(end, padding);
    return zeroes.length === padding && zeroes.every((byte) => byte === 0);
  }
}

/** Several times as fast as the copying constructor, for the small sizes that matter here. */
function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}
