/**
 * Folders for private files, made with their parents one by one: what Node makes recursively never
 * ends where a file system takes no folders and says that the parent is missing, as `/proc` does.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Throws the error of the system. A path that is there already is left as it is. */
export function makePrivateFolder(path: string): void {
  const failure = tryMake(path);
  if (failure === undefined) return;
  if (failure.code !== 'ENOENT' || dirname(path) === path) throw failure;
  makePrivateFolder(dirname(path));
  const again = tryMake(path);
  if (again !== undefined) throw again;
}

function tryMake(path: string): NodeJS.ErrnoException | undefined {
  try {
    mkdirSync(path, { mode: 0o700 });
    return undefined;
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    return failure.code === 'EEXIST' ? undefined : failure;
  }
}
