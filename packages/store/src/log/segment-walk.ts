/** Walks the frames behind one segment's header, in order, up to its end or to damage. */
import { bytesEqual, type Hash, sha256 } from '@aos/canon';
import type { StoreMark } from '@aos/protocol';
import { type DamagePlace, WorldDamaged } from '../faults.js';
import { type LogIndex, placeOf } from '../places/log-index.js';
import type { FittingIndex } from '../places/segment-index.js';
import type { StoreFile } from '../port.js';
import type { StoreMarks } from '../store-marks.js';
import {
  decodeFrameHeader,
  FRAME_ALIGNMENT,
  FRAME_HEADER_BYTES,
  type FrameHeader,
  frameSeed,
  frameSpan,
  looksLikeFrame,
} from './frame.js';
import { FrameReader } from './frame-reader.js';
import { decodeMarker } from './marker.js';
import { HASH_BYTES, SEGMENT_HEADER_SEED } from './segment.js';
import { Window } from './window.js';

export const CHUNK_BYTES = 2 ** 18;

/** The last segment may end in a torn tail; one with a successor is complete. */
export type SegmentRole = 'last' | 'sealed';

/** What is known of the log so far; a walk adds what its segment holds. */
export interface WalkState {
  readonly index: LogIndex;
  readonly marks: StoreMarks;
  readonly worldId: Hash | undefined;
  genesis: Uint8Array | undefined;
  /** Highest writer epoch seen. */
  epoch: number;
  /** Highest sequence that any frame claims durable. */
  durable: number;
  /** Whether the last frame is the marker of a clean close. */
  isClosed: boolean;
}

/** How the frames of a segment are read. */
export interface WalkReading {
  /** Start value of their checks. */
  readonly seed: number;
  /** How much is fetched at once. */
  readonly chunkBytes?: number;
}

export class SegmentWalk {
  /** Highest position of this segment that a frame claims durable. */
  flushed = 0;
  private readonly frames: FrameReader;
  private readonly seed: number;

  constructor(
    private readonly state: WalkState,
    private readonly file: StoreFile,
    private readonly segment: number,
    { seed, chunkBytes = CHUNK_BYTES }: WalkReading,
  ) {
    this.seed = seed;
    this.frames = new FrameReader(new Window(file, chunkBytes), seed);
  }

  /**
   * Returns where the segment ends. With a border the log goes on there as that of a fork: what the
   * file has behind is of no concern. With an index the walk begins behind what it covers.
   */
  toEnd(role: SegmentRole, border = Number.POSITIVE_INFINITY, index?: FittingIndex): number {
    const start = this.readStart();
    this.noteClaims(start);
    let offset = index === undefined ? frameSpan(start.sizeBytes) : this.passIndexed(index);
    if (index !== undefined && role === 'sealed') return offset;
    while (offset < border) {
      const header = this.acceptableAt(offset) ?? this.lookAgain(offset, role);
      if (!header) return offset;
      this.enter(offset, header);
      offset += frameSpan(header.sizeBytes);
    }
    return offset;
  }

  /** It was proven before; what is read here may be another chunk of the file. */
  private readStart(): FrameHeader {
    const { window } = this.frames;
    const starts = new FrameReader(window, SEGMENT_HEADER_SEED);
    const once = starts.headerAt(0);
    if (once) return once;
    window.forget();
    const again = starts.headerAt(0);
    if (again) return again;
    throw new WorldDamaged('the segment has no valid start', this.placeAt(0));
  }

  /** What an index covers was durable when it was made, and is not read here. */
  private passIndexed({ file, lastFrame }: FittingIndex): number {
    const { bytes, genesis, last, marks } = file.head;
    const isLastMarked = marks.at(-1) === last;
    const frames = [...(genesis < 0 ? [] : [genesis]), ...marks, ...(isLastMarked ? [] : [last])];
    for (const offset of frames) {
      const header = offset === last ? lastFrame : this.frames.frameAt(offset);
      const place = this.placeAt(offset);
      if (!header) throw new WorldDamaged('no valid frame where one was durable', place);
      if (header.kind === 'genesis') this.enterGenesis(offset, header);
      if (header.kind === 'marker') this.enterMarker(offset, header);
    }
    this.state.epoch = lastFrame.epoch;
    this.noteClaims(lastFrame);
    this.flushed = Math.max(this.flushed, bytes);
    return bytes;
  }

  private acceptableAt(offset: number): FrameHeader | undefined {
    const header = this.frames.frameAt(offset);
    return header && this.isAcceptable(header) ? header : undefined;
  }

  private isAcceptable(header: FrameHeader): boolean {
    const { kind, sizeBytes, epoch } = header;
    if (epoch < this.state.epoch || kind === 'segment') return false;
    if ((kind === 'genesis') === (this.state.genesis !== undefined)) return false;
    return kind !== 'object' || sizeBytes >= HASH_BYTES;
  }

  /** The end, damage, or a frame that a writer completed while we looked (C2, C3, C4). */
  private lookAgain(offset: number, role: SegmentRole): FrameHeader | undefined {
    const again = this.readAgain(offset);
    if (again) return again;
    const claimed = this.isClaimed(offset) || this.isClaimedBehind(offset);
    const mayEnd = role === 'last' || offset === this.file.sizeBytes();
    if (!claimed && mayEnd) return undefined;
    const header = this.readAgain(offset);
    if (header) return header;
    const found = claimed ? 'no valid frame where one was durable' : 'no valid frame';
    throw new WorldDamaged(found, this.placeAt(offset));
  }

  /** What is cut is lost, so one wrong read must not be what it is cut for. */
  private readAgain(offset: number): FrameHeader | undefined {
    this.frames.window.forget();
    return this.acceptableAt(offset);
  }

  private isClaimed(offset: number): boolean {
    return this.flushed > offset || this.state.durable >= this.state.index.records;
  }

  private isClaimedBehind(offset: number): boolean {
    const step = CHUNK_BYTES - FRAME_HEADER_BYTES;
    for (let from = offset + FRAME_ALIGNMENT; ; from += step) {
      const bytes = this.frames.window.at(from, CHUNK_BYTES);
      for (let at = 0; at + FRAME_HEADER_BYTES <= bytes.length; at += FRAME_ALIGNMENT) {
        if (looksLikeFrame(bytes, at) && this.claims(bytes, at, from + at, offset)) return true;
      }
      if (bytes.length < CHUNK_BYTES) return false;
    }
  }

  /** Whether the frame at `position`, if it is one, says that `offset` was durable. */
  private claims(bytes: Buffer, at: number, position: number, offset: number): boolean {
    const header = decodeFrameHeader(bytes, at, frameSeed(this.seed, position));
    if (!header) return false;
    return header.flushed > offset || header.durable >= this.state.index.records;
  }

  private enter(offset: number, header: FrameHeader): void {
    const { index } = this.state;
    const place = placeOf(this.segment, offset);
    index.active.last = offset;
    this.state.epoch = header.epoch;
    this.state.isClosed = false;
    this.noteClaims(header);
    if (header.kind === 'record') index.addRecord(place);
    if (header.kind === 'object')
      index.addObject(this.frames.payloadStart(offset, HASH_BYTES), place);
    if (header.kind === 'genesis') this.enterGenesis(offset, header);
    if (header.kind === 'marker') this.enterMarker(offset, header);
  }

  private enterMarker(offset: number, header: FrameHeader): void {
    const payload = this.frames.payloadAt(offset, header);
    const marker = payload && decodeMarker(payload);
    if (!marker) throw new WorldDamaged('a marker is not what it should be', this.placeAt(offset));
    if (marker.kind === 'opened' || marker.kind === 'unknown') return;
    if (marker.kind === 'closed') this.state.isClosed = true;
    else this.enterMark(offset, marker);
  }

  private enterMark(offset: number, mark: StoreMark): void {
    const { index, marks } = this.state;
    const known = index.active.marks;
    if (known.at(-1) !== offset) known.push(offset);
    if (mark.seq >= index.records) {
      throw new WorldDamaged('a mark of a record that is not there', this.placeAt(offset));
    }
    marks.enter(mark);
  }

  private enterGenesis(offset: number, header: FrameHeader): void {
    const genesis = this.frames.payloadAt(offset, header);
    if (!genesis || !bytesEqual(sha256(genesis), this.state.worldId ?? genesis)) {
      const place = this.placeAt(offset);
      throw new WorldDamaged('the genesis is not that of the segment header', place);
    }
    this.state.genesis = genesis;
    this.state.index.active.genesis = offset;
  }

  private noteClaims(header: FrameHeader): void {
    this.flushed = Math.max(this.flushed, header.flushed);
    this.state.durable = Math.max(this.state.durable, header.durable);
  }

  private placeAt(offset: number): DamagePlace {
    return { segment: this.segment, offset, seq: this.state.index.records };
  }
}
