/** Writing a log from its beginning to its end, where nobody can see it before it is whole. */
import { join } from 'node:path';
import { sha256 } from '@aos/canon';
import { encodeFrame, type FrameContent, frameSeed, spanOf } from '../log/frame.js';
import { encodeMarker, type Marker } from '../log/marker.js';
import {
  encodeSegmentStart,
  type SegmentHeader,
  segmentName,
  segmentSeed,
} from '../log/segment.js';
import { SegmentFile } from '../log/segment-file.js';
import type { StoreFs } from '../port.js';

const SEGMENT_BYTES = 2 ** 24;
const CHUNK_BYTES = 2 ** 20;

export interface BuilderOptions {
  readonly fs: StoreFs;
  /** Folder of the log: there, and empty. */
  readonly path: string;
  readonly salt: Uint8Array;
}

/** Its frames claim nothing but what was written before; the last one claims it all. */
export class LogBuilder {
  private header: SegmentHeader | undefined;
  private file: SegmentFile | undefined;
  private offset = 0;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private next = 0;

  constructor(private readonly options: BuilderOptions) {}

  /** Begins the log of a world, or of a fork of the one so far. */
  async genesis(genesis: Uint8Array): Promise<void> {
    await this.begin(sha256(genesis));
    await this.write({ kind: 'genesis', payload: genesis });
  }

  async object(bytes: Uint8Array): Promise<void> {
    await this.append({ kind: 'object', prefix: sha256(bytes), payload: bytes });
  }

  async record(payload: Uint8Array): Promise<void> {
    await this.append({ kind: 'record', payload });
    this.next++;
  }

  /** What is known beside the journal, and that it ends here; all of it is durable then. */
  async finish(marks: readonly Marker[]): Promise<void> {
    for (const mark of [...marks, { kind: 'closed' } as const]) {
      await this.append({ kind: 'marker', payload: encodeMarker(mark) });
    }
    await this.seal();
    await this.options.fs.syncDirectory(this.options.path);
  }

  close(): void {
    this.file?.close();
    this.file = undefined;
  }

  private async append(content: FrameContent): Promise<void> {
    const { header } = this;
    if (header !== undefined && this.offset + spanOf(content) > SEGMENT_BYTES) {
      await this.begin(header.genesis);
    }
    await this.write(content);
  }

  private async begin(genesis: SegmentHeader['genesis']): Promise<void> {
    const previousBytes = this.offset;
    await this.seal();
    const { fs, path, salt } = this.options;
    const segment = this.header === undefined ? 0 : this.header.segment + 1;
    this.header = { genesis, segment, first: this.next, previousBytes, salt };
    const name = join(path, segmentName(segment));
    this.file = new SegmentFile({ fs, path: name, preallocateBytes: 0 }, 'create');
    const start = encodeSegmentStart(this.header, this.stamp(0));
    this.waiting = [start];
    this.waitingBytes = start.length;
    this.offset = start.length;
  }

  private async write(content: FrameContent): Promise<void> {
    const { header, offset } = this;
    if (header === undefined) throw new Error('a log begins with a genesis');
    const frame = Buffer.alloc(spanOf(content));
    encodeFrame(frame, frameSeed(segmentSeed(header), offset), this.stamp(offset), content);
    this.waiting.push(frame);
    this.waitingBytes += frame.length;
    this.offset += frame.length;
    if (this.waitingBytes >= CHUNK_BYTES) await this.flush();
  }

  private async flush(): Promise<void> {
    const bytes = Buffer.concat(this.waiting);
    await this.file?.write(bytes, this.offset - bytes.length);
    this.waiting = [];
    this.waitingBytes = 0;
  }

  private async seal(): Promise<void> {
    if (this.file === undefined) return;
    await this.flush();
    await this.file.seal(this.offset);
    this.close();
  }

  private stamp(flushed: number) {
    return { epoch: 0, durable: this.next - 1, flushed };
  }
}
