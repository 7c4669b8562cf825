/** How much disk a log takes, and for what. */
import { join } from 'node:path';
import type { DiskUse } from '@aos/protocol';
import type { Segments } from '../log/segments.js';
import type { LogIndex } from '../places/log-index.js';
import type { StoreFs } from '../port.js';
import { ARCHIVE_FOLDER } from './archive.js';

export function measureDisk(
  { segments, index }: { readonly segments: Segments; readonly index: LogIndex },
  directory: string,
): DiskUse {
  const { fs, journalPath } = segments;
  let journalBytes = 0;
  let indexBytes = 0;
  for (const name of fs.list(journalPath) ?? []) {
    const bytes = sizeOf(fs, join(journalPath, name));
    if (name.endsWith('.index')) indexBytes += bytes;
    else journalBytes += bytes;
  }
  const archive = join(directory, ARCHIVE_FOLDER);
  const archived = (fs.list(archive) ?? []).map((name) => sizeOf(fs, join(archive, name)));
  const records = index.records - index.first;
  let objects = 0;
  for (let n = segments.first; n <= segments.last; n++) objects += index.of(n).objectCount;
  return {
    ...{ journalBytes, indexBytes, archiveBytes: archived.reduce((a, b) => a + b, 0) },
    ...{ segments: segments.last - segments.first + 1, records, objects },
    bytesPerRecord: records === 0 ? 0 : Math.round(journalBytes / records),
  };
}

function sizeOf(fs: StoreFs, path: string): number {
  try {
    const file = fs.open(path, 'read');
    const bytes = file.sizeBytes();
    file.close();
    return bytes;
  } catch {
    // it has gone since it was listed
    return 0;
  }
}
