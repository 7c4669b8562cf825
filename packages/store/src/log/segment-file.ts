/** The file that is being appended to: whole writes or a failure, and room made ahead. */
import { ShortWrite, UnsteadyRead } from '../faults.js';
import type { StoreFile, StoreFs } from '../port.js';
import { encodeSegmentStart, type SegmentHeader } from './segment.js';
import { type ByteSource, Window } from './window.js';

const COPY_BYTES = 2 ** 20;
const MIN_PREALLOCATE_BYTES = 2 ** 16;

export interface SegmentFileOptions {
  readonly fs: StoreFs;
  readonly path: string;
  /** The most to fill with zeroes ahead, so that a flush need not write metadata; 0 for none. */
  readonly preallocateBytes: number;
}

export class SegmentFile {
  private readonly file: StoreFile;
  private allocatedBytes: number;

  /** An existing file, or an empty one that it makes. */
  constructor(
    private readonly options: SegmentFileOptions,
    mode: 'write' | 'create',
  ) {
    this.file = options.fs.open(options.path, mode);
    try {
      this.allocatedBytes = this.file.sizeBytes();
    } catch (error) {
      this.file.close();
      throw error;
    }
  }

  /** Writes the header of a segment and makes it durable; returns where frames start. */
  async begin(header: SegmentHeader, epoch: number): Promise<number> {
    const bytes = encodeSegmentStart(header, { epoch, durable: header.first - 1, flushed: 0 });
    await this.write(bytes, 0);
    await this.file.sync();
    return bytes.length;
  }

  /** Writes all of it or rejects. */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    const count = await this.file.write(bytes, position);
    if (count !== bytes.length) throw new ShortWrite(count, bytes.length);
  }

  /** Keeps zeroes behind what was written up to `end`. */
  async allocateBehind(end: number): Promise<void> {
    if (end > this.allocatedBytes && this.options.preallocateBytes > 0) await this.allocate(end);
  }

  /** Fills an empty file with a range of another, durably. */
  async copy(source: ByteSource, from: number, to: number): Promise<void> {
    for (const { at, bytes } of steadyBytes(source, from, to)) await this.write(bytes, at - from);
    this.allocatedBytes = to - from;
    await this.file.sync();
  }

  /**
   * Writes a range again as it is, durably. After a failed flush a cache may hold bytes that it
   * takes for durable and that the disk never got; written again, the next flush speaks of them.
   */
  async rewrite(from: number, to: number): Promise<void> {
    for (const { at, bytes } of steadyBytes(this.file, from, to)) await this.write(bytes, at);
    await this.file.sync();
  }

  datasync(): Promise<void> {
    return this.file.datasync();
  }

  /** Gives the file its exact size, durably; what is behind it is gone. */
  async seal(sizeBytes: number): Promise<void> {
    await this.file.truncate(sizeBytes);
    this.allocatedBytes = sizeBytes;
    await this.file.sync();
  }

  close(): void {
    this.file.close();
  }

  /** As much again as there is, so that small worlds stay small. */
  private async allocate(from: number): Promise<void> {
    const sizeBytes = Math.min(
      Math.max(from, MIN_PREALLOCATE_BYTES),
      this.options.preallocateBytes,
    );
    await this.write(Buffer.alloc(sizeBytes), from);
    this.allocatedBytes = from + sizeBytes;
  }
}

/**
 * Bytes of a range, chunk by chunk, as two reads agree on them: what was read wrongly once would
 * otherwise be written down for good in the place of what was right.
 */
function* steadyBytes(source: ByteSource, from: number, to: number) {
  const [once, again] = [new Window(source, COPY_BYTES), new Window(source, COPY_BYTES)];
  for (let at = from; at < to; at += COPY_BYTES) {
    const sizeBytes = Math.min(COPY_BYTES, to - at);
    const bytes = once.at(at, sizeBytes);
    if (!bytes.equals(again.at(at, sizeBytes))) throw new UnsteadyRead(at);
    yield { at, bytes };
  }
}
