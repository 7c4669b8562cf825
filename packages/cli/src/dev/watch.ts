/** Changes of an authoring folder, told once they have settled. */
import { watch } from 'node:fs';
import { sep } from 'node:path';

/** Editors write a file in several steps. */
const SETTLE_MS = 100;

/** What is made here, and folders that nobody writes by hand. */
const IGNORED = /^(?:modules|node_modules|\.[^/]*)(?:\/|$)|(?:^|\/)reducer-ts\/air\.ts$|~$/;

/**
 * Calls `changed` after changes in and below a folder; `isMade` says what is made from the rest and
 * does not count. The answer ends it.
 */
export function watchFolder(
  dir: string,
  isMade: (path: string) => boolean,
  changed: () => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(dir, { recursive: true }, (_, name) => {
    const path = name?.split(sep).join('/') ?? '';
    if (IGNORED.test(path) || isMade(path)) return;
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLE_MS);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
