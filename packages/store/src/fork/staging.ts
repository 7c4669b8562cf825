/**
 * Building a log beside the one that is there, out of files of that one.
 *
 * 1. A name that is left over is taken away before anything is written under it: it may be a second
 *    name of a file of another world.
 * 2. A file that may still be written gets a second name only where what is behind does not count.
 */
import { join } from 'node:path';
import { bytesEqual } from '@aos/canon';
import { isErrorWith } from '../faults.js';
import { copyFrames } from '../growth/copy-frames.js';
import { FrameReader } from '../log/frame-reader.js';
import {
  encodeSegmentHeader,
  SEGMENT_HEADER_SEED,
  type SegmentHeader,
  segmentName,
} from '../log/segment.js';
import { SegmentFile } from '../log/segment-file.js';
import type { Segments } from '../log/segments.js';
import { Window } from '../log/window.js';
import { indexPath } from '../places/segment-index.js';
import type { StoreFs } from '../port.js';

const CHUNK_BYTES = 2 ** 18;
const HEADER_BYTES = 2 ** 9;

/** File systems without second names, or from one to another; and files that are not there. */
const NO_LINK = ['ENOENT', 'EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

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

/**
 * Gives a whole segment to the log that is built, durable but for the name, with what is known of
 * where its frames are. One that was written anew since the source was opened is as good.
 */
export async function shareSealed(to: Staging, source: Segments, segment: number): Promise<void> {
  if (!isLinked(to, source, segment)) {
    await copyOf(to, source, { segment, sizeBytes: source.get(segment).end });
  }
  try {
    to.fs.link(indexPath(source.journalPath, segment), indexPath(to.path, segment));
  } catch {
    // whoever opens the log makes it again
  }
}

/**
 * Gives the last segment to the log that is built: its first `sizeBytes`. Where it was written
 * anew, or is gone, since the source was opened, what is open of it is copied.
 */
export async function shareLast(
  to: Staging,
  source: Segments,
  segment: number,
  sizeBytes: number,
): Promise<void> {
  const name = join(to.path, segmentName(segment));
  if (isLinked(to, source, segment)) {
    if (beginsAs(to.fs, name, source.get(segment))) return;
    to.fs.remove(name);
  }
  await copyOf(to, source, { segment, sizeBytes });
}

/** Whether a segment has a second name now. */
function isLinked({ fs, path }: Staging, source: Segments, segment: number): boolean {
  try {
    fs.link(source.path(segment), join(path, segmentName(segment)));
    return true;
  } catch (error) {
    if (isErrorWith(error, ...NO_LINK)) return false;
    throw error;
  }
}

async function copyOf(
  to: Staging,
  source: Segments,
  { segment, sizeBytes }: { readonly segment: number; readonly sizeBytes: number },
): Promise<void> {
  const file = await copySegment(to, source, { segment, sizeBytes });
  file.close();
  const isSame = beginsAs(to.fs, join(to.path, segmentName(segment)), source.get(segment));
  if (!isSame) throw new Error(`segment ${segment} was written anew meanwhile`);
}

/** Whether a file has this header, and so the same frames at the same places. */
function beginsAs(fs: StoreFs, path: string, { header }: { readonly header: SegmentHeader }) {
  const expected = encodeSegmentHeader(header);
  const file = fs.open(path, 'read');
  try {
    const frames = new FrameReader(new Window(file, HEADER_BYTES), SEGMENT_HEADER_SEED);
    const frame = frames.frameAt(0);
    const found = frame && frames.payloadAt(0, frame);
    return found !== undefined && bytesEqual(found, expected);
  } finally {
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
