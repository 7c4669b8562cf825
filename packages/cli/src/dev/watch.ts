/** Changes of an authoring folder, told once they have settled. */
import { fstatSync, statSync, watch } from 'node:fs';
import { join, sep } from 'node:path';

/** Editors write a file in several steps. */
const SETTLE_MS = 100;

/** What somebody writes: a log or whatever a program puts here is none of it. */
const SOURCE = /\.(?:[cm]?[jt]s|json)$/;

/** What is made here, and folders that nobody writes by hand. */
const IGNORED = /^(?:modules|node_modules|\.[^/]*)(?:\/|$)|(?:^|\/)reducer-ts\/air\.ts$|~$/;

/**
 * Calls `changed` after changes of sources in and below a folder; `isMade` says what is made from
 * the rest and does not count, nor does what this program says into a file. The answer ends it.
 */
export function watchSources(
  dir: string,
  isMade: (path: string) => boolean,
  changed: () => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(dir, { recursive: true }, (_, name) => {
    const path = name?.split(sep).join('/') ?? '';
    if (!SOURCE.test(path) || IGNORED.test(path) || isMade(path)) return;
    if (isOutput(join(dir, path))) return;
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLE_MS);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

/** Standard output and standard error. */
const OUTPUTS = [1, 2];

/** Whether this process writes the file: each word about a change would be a change. */
function isOutput(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  return OUTPUTS.some((fd) => {
    try {
      const { dev, ino } = fstatSync(fd);
      return dev === found.dev && ino === found.ino;
    } catch {
      return false;
    }
  });
}
