/** The index files of one log: found while it is scanned, made anew where none fits. */

import { FrameReader } from '../log/frame-reader.js';
import { SegmentWalk } from '../log/segment-walk.js';
import type { Segments } from '../log/segments.js';
import { Window } from '../log/window.js';
import { StoreMarks } from '../store-marks.js';
import { IndexFile, memorySource } from './index-file.js';
import { LogIndex } from './log-index.js';
import {
  type Coverage,
  type FittingIndex,
  fitIndex,
  indexPath,
  makeIndex,
  openMade,
  writeIndex,
} from './segment-index.js';
import { SegmentTable } from './segment-table.js';

export class IndexShelf {
  /** Indexes that are not in a file yet. */
  private readonly made = new Map<number, Buffer>();

  constructor(private readonly segments: Segments) {}

  /** The index of a segment, if there is one and it fits. */
  find(segment: number, coverage: Coverage): FittingIndex | undefined {
    const { header } = this.segments.get(segment);
    const source = this.segments.file(segment);
    return fitIndex(this.open(segment), { header, source, coverage });
  }

  /** Makes the index of a segment that is whole; `undefined` for one without frames. */
  make(segment: number, table: SegmentTable, bytes: number): IndexFile | undefined {
    const { seed } = this.segments.get(segment);
    const made = makeIndex(table, { seed, source: this.segments.file(segment), bytes });
    if (made === undefined) return undefined;
    this.made.set(segment, made);
    return openMade(made);
  }

  /** Writes what was made; what is in a file then is read from there. */
  async write(index: LogIndex): Promise<void> {
    const { fs, journalPath } = this.segments;
    for (const [segment, bytes] of this.made) {
      this.made.delete(segment);
      const isWritten = await writeIndex(fs, indexPath(journalPath, segment), bytes);
      if (!isWritten || index.isBelow(segment)) continue;
      this.segments.forget(segment);
      const file = this.open(segment);
      if (file !== undefined && index.of(segment) instanceof IndexFile)
        index.replace(segment, file);
    }
  }

  private open(segment: number): IndexFile | undefined {
    const { segments } = this;
    const source = {
      readSync: (target: Uint8Array, position: number) =>
        segments.indexFile(segment).readSync(target, position),
    };
    try {
      return IndexFile.open(source, (bytes) => this.rebuild(segment, bytes));
    } catch {
      return undefined;
    }
  }

  /** Reads a whole segment again: its index has turned out to be broken. Throws WorldDamaged. */
  private rebuild(segment: number, covered: number) {
    const { header, seed, start } = this.segments.get(segment);
    const file = this.segments.file(segment);
    const table = new SegmentTable(header.first);
    const index = new LogIndex();
    index.begin(segment, table);
    const isFirst =
      new FrameReader(new Window(file, 2 ** 12), seed).headerAt(start)?.kind === 'genesis';
    const state = {
      ...{
        index,
        marks: new StoreMarks(() => false),
        worldId: header.genesis,
        epoch: 0,
        durable: -1,
      },
      ...{ genesis: isFirst ? undefined : new Uint8Array(), isClosed: false },
    };
    const bytes = new SegmentWalk(state, file, segment, { seed }).toEnd('sealed', covered);
    return memorySource(makeIndex(table, { seed, source: file, bytes }) ?? Buffer.alloc(0));
  }
}
