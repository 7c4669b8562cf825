/**
 * Building a log beside the one that is there, out of files of that one.
 *
 * 1. A name that is left over is taken away before anything is written under it: it may be a second
 *    name of a file of another world.
 * 2. A file that may still be written gets a second name only where what is behind does not count.
 */
import { join } from 'node:path';
import { isErrorWith } from '../faults.js';
import { copyFrames } from '../growth/copy-frames.js';
import { FrameReader } from '../log/frame-reader.js';
import { type SegmentHeader, segmentName } from '../log/segment.js';
import { SegmentFile } from '../log/segment-file.js';
import type { Segments } from '../log/segments.js';
import { Window } from '../log/window.js';
import { indexPath } from '../places/segment-index.js';
import type { StoreFs } from '../port.js';

const CHUNK_BYTES = 2 ** 18;

/** File systems without second names, or from one to another. */
const NO_LINK = ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** The directory, made where it is missing, and empty. */
export function emptyDirectory(fs: StoreFs, path: string): void {
  const names = fs.list(path);
  if (names === undefined) fs.makeDirectory(path);
  for (const name of names ?? []) fs.remove(join(path, name));
}

export interface Staging {
  readonly fs: StoreFs;
  /** Of the log that is built. */
  readonly path: string;
}

/** As {@link shareSegment}, whole, with what is known of where its frames are. */
export async function shareSealed(to: Staging, source: Segments, segment: number): Promise<void> {
  await shareSegment(to, source, segment, source.get(segment).end);
  try {
    to.fs.link(indexPath(source.journalPath, segment), indexPath(to.path, segment));
  } catch {
    // whoever opens the log makes it again
  }
}

/** Gives a segment to the log that is built: its first `sizeBytes`, durable but for the name. */
export async function shareSegment(
  { fs, path }: Staging,
  source: Segments,
  segment: number,
  sizeBytes: number,
): Promise<void> {
  const to = join(path, segmentName(segment));
  try {
    fs.link(source.path(segment), to);
  } catch (error) {
    if (!isErrorWith(error, ...NO_LINK)) throw error;
    const file = await copySegment({ fs, path }, source, { segment, sizeBytes });
    file.close();
  }
}

/** A file of its own with the first `sizeBytes` of a segment, durable but for its name. */
export async function copySegment(
  { fs, path }: Staging,
  source: Segments,
  { segment, sizeBytes }: { readonly segment: number; readonly sizeBytes: number },
): Promise<SegmentFile> {
  const name = join(path, segmentName(segment));
  const file = new SegmentFile({ fs, path: name, preallocateBytes: 0 }, 'create');
  try {
    await file.copy(source.file(segment), 0, sizeBytes);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** As {@link copySegment}, up to `end`, under another header; it will be `flushed` bytes long. */
export async function copyAnew(
  { fs, path }: Staging,
  source: Segments,
  to: { readonly header: SegmentHeader; readonly end: number; readonly flushed: number },
): Promise<SegmentFile> {
  const { header, end, flushed } = to;
  const { seed, start } = source.get(header.segment);
  const frames = new FrameReader(new Window(source.file(header.segment), CHUNK_BYTES), seed);
  const name = join(path, segmentName(header.segment));
  const file = new SegmentFile({ fs, path: name, preallocateBytes: 0 }, 'create');
  try {
    await copyFrames(file, { frames, range: { start, end }, header, flushed });
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}
