/** How the journal of a world ends, as the CLI says it. */
import type { JsonValue } from '@aos/air';
import type { LogTail } from '@aos/store';

export function describeTail({ clean, ignoredBytes }: LogTail): JsonValue {
  return { clean, ignored_bytes: ignoredBytes };
}

/** What deserves a look: bytes that are no record, and an end that nobody closed. */
export function tailWarnings({ clean, ignoredBytes }: LogTail): readonly string[] {
  if (ignoredBytes > 0) {
    const what = `${ignoredBytes} bytes behind the last record are no record and are ignored`;
    return [`${what}; keep a copy of the world if something seems to be missing`];
  }
  if (clean) return [];
  return ['the journal was not closed: a process has the world, or ended without closing it'];
}
