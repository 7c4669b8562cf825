/**
 * Reading a bundle that comes from anywhere.
 *
 * 1. The hash at its end is looked at before anything else is believed.
 * 2. A size is judged by what the file still holds before anything is kept for it.
 */
import { createHash } from 'node:crypto';
import { bytesEqual } from '@aos/canon';
import { adviceOnFormat } from '@aos/protocol';
import { Window } from '../log/window.js';
import type { StoreFile } from '../port.js';
import {
  BUNDLE_FORMAT,
  type BundleFrame,
  bundleShape,
  decodeFrameHead,
  encodeFrameHead,
  FRAME_HEAD_BYTES,
  formatOf,
  HASH_BYTES,
  MAGIC_BYTES,
  MAX_HEAD_BYTES,
  MAX_PAYLOAD_BYTES,
  refusedBundle,
} from './bundle-format.js';

const CHUNK_BYTES = 2 ** 20;
const END_BYTES = FRAME_HEAD_BYTES + HASH_BYTES;

/** A frame with a copy of its payload. */
export interface ReadFrame extends BundleFrame {
  readonly payload: Uint8Array;
}

export class BundleReader {
  private readonly window: Window;
  private readonly sizeBytes: number;
  private at = MAGIC_BYTES;

  constructor(file: StoreFile) {
    this.window = new Window(file, CHUNK_BYTES);
    this.sizeBytes = file.sizeBytes();
  }

  /** Codes: `bundle-format`, `bundle-damaged`. */
  check(): void {
    const format = formatOf(Buffer.from(this.window.at(0, MAGIC_BYTES)));
    if (format === undefined) throw refusedBundle('bundle-format', 'the file is no bundle');
    if (format !== BUNDLE_FORMAT) {
      const found = `expected a bundle of format ${BUNDLE_FORMAT}, found format ${format}`;
      throw refusedBundle('bundle-format', `${found}; ${adviceOnFormat(format)}`);
    }
    if (!this.endHolds()) {
      const found = 'the bundle is not what it was: the hash at its end is of other bytes';
      throw refusedBundle('bundle-damaged', found);
    }
  }

  /** The frame of this kind that comes now. Code: `bundle-shape`. */
  expect(kind: BundleFrame['kind']): ReadFrame {
    const frame = this.next();
    if (frame.kind === kind) return frame;
    throw bundleShape(`a frame '${kind}'`);
  }

  /** The frame that comes now. Code: `bundle-shape`. */
  next(): ReadFrame {
    const left = this.sizeBytes - this.at - FRAME_HEAD_BYTES;
    const frame = left < 0 ? undefined : decodeFrameHead(this.look(FRAME_HEAD_BYTES));
    if (frame === undefined) throw bundleShape('a frame');
    const { kind, sizeBytes } = frame;
    const isSmall = kind === 'head' || kind === 'counts' || kind === 'end';
    const most = isSmall ? MAX_HEAD_BYTES : MAX_PAYLOAD_BYTES;
    if (sizeBytes > Math.min(left, most)) throw bundleShape('a payload that is there');
    this.at += FRAME_HEAD_BYTES;
    const payload = new Uint8Array(this.look(sizeBytes));
    this.at += sizeBytes;
    return { kind, sizeBytes, payload };
  }

  /** Nothing may come any more. Code: `bundle-shape`. */
  end(): void {
    this.expect('end');
    if (this.at !== this.sizeBytes) throw bundleShape('an end');
  }

  private look(sizeBytes: number): Buffer {
    const bytes = this.window.at(this.at, sizeBytes);
    if (bytes.length < sizeBytes) throw bundleShape('as many bytes as there were');
    return bytes;
  }

  private endHolds(): boolean {
    const covered = this.sizeBytes - HASH_BYTES;
    if (covered < MAGIC_BYTES + FRAME_HEAD_BYTES) return false;
    const hash = createHash('sha256');
    for (let at = 0; at < covered; at += CHUNK_BYTES) {
      hash.update(this.window.at(at, Math.min(CHUNK_BYTES, covered - at)));
    }
    const end = Buffer.from(this.window.at(this.sizeBytes - END_BYTES, END_BYTES));
    const head = end.subarray(0, FRAME_HEAD_BYTES);
    if (!bytesEqual(head, encodeFrameHead('end', HASH_BYTES))) return false;
    return bytesEqual(hash.digest(), end.subarray(FRAME_HEAD_BYTES));
  }
}
