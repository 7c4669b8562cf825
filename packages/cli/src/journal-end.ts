/** How the journal of a world ends, as the CLI says it. */
import type { StatusShape } from '@aos/protocol';
import type { LogTail } from '@aos/store';

type TailShape = NonNullable<StatusShape['tail']>;

export function describeTail({ clean, ignoredBytes }: LogTail): TailShape {
  return { clean, ignored_bytes: ignoredBytes };
}

/** What deserves a look: bytes that are no record, and an end that nobody closed. */
export function tailWarnings({ clean, ignored_bytes }: TailShape): readonly string[] {
  if (ignored_bytes > 0) {
    const what = `${ignored_bytes} bytes behind the last record are no record and are ignored`;
    return [`${what}; keep a copy of the world if something seems to be missing`];
  }
  if (clean) return [];
  return ['the journal was not closed: a process has the world, or ended without closing it'];
}
