/**
 * The archive: segments that a journal does not need any more, as they were, compressed where that
 * pays. Unpacked in a folder of their own they are the journal as it was where it was cut.
 */
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { isErrorWith } from '../faults.js';
import { segmentName } from '../log/segment.js';
import { SegmentFile } from '../log/segment-file.js';
import type { StoreFs } from '../port.js';

export const ARCHIVE_FOLDER = 'archive';
/** Compression that saves less than this part is left out. */
const LEAST_SAVED = 0.05;

const compressed = promisify(gzip);

/** Copies a segment to the archive; it is durable there when this resolves. */
export async function archiveSegment(
  fs: StoreFs,
  directory: string,
  source: { readonly segment: number; readonly bytes: Uint8Array },
): Promise<void> {
  const folder = join(directory, ARCHIVE_FOLDER);
  makeFolder(fs, folder);
  const { segment, bytes } = source;
  const packed = await compressed(bytes);
  const pays = packed.length < bytes.length * (1 - LEAST_SAVED);
  const name = pays ? `${segmentName(segment)}.gz` : segmentName(segment);
  const path = join(folder, name);
  const file = new SegmentFile({ fs, path: `${path}.part`, preallocateBytes: 0 }, 'create');
  try {
    await file.write(pays ? packed : bytes, 0);
    await file.seal(pays ? packed.length : bytes.length);
  } finally {
    file.close();
  }
  fs.rename(`${path}.part`, path);
  await fs.syncDirectory(folder);
  await fs.syncDirectory(directory);
}

function makeFolder(fs: StoreFs, path: string): void {
  try {
    fs.makeDirectory(path);
  } catch (error) {
    if (!isErrorWith(error, 'EEXIST')) throw error;
  }
}
