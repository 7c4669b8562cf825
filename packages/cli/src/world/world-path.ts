/** Finding the world a command means. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AosFault } from '@aos/protocol';

/** The folder inside a world's directory that holds its journal and objects. */
const STORE_FOLDER = '.aos';

export const storePath = (world: string): string => join(world, STORE_FOLDER);

/** The journal, and where it is while a rewind was broken off that the next opening ends. */
const JOURNALS = ['journal', 'journal.rewound'];

/** A store has a journal; `$AOS_HOME` may be a folder of the same name and has none. */
export const isWorld = (dir: string): boolean =>
  JOURNALS.some((name) => existsSync(join(storePath(dir), name)));

/**
 * The world directory: the one named, else `$AOS_WORLD`, else (or when that is empty) the nearest
 * above the working directory. Fault `world-not-found` when there is none.
 */
export function findWorld(
  named: string | undefined,
  env = process.env,
  cwd = process.cwd(),
): string {
  const given = named ?? (env.AOS_WORLD || undefined);
  if (given !== undefined) return checkWorld(resolve(cwd, given));
  for (let dir = cwd; ; dir = dirname(dir)) {
    if (isWorld(dir)) return dir;
    if (dir === dirname(dir)) break;
  }
  throw notFound(`expected a world in '${cwd}' or above`);
}

function checkWorld(dir: string): string {
  if (isWorld(dir)) return dir;
  throw notFound(`expected a world (a folder '${STORE_FOLDER}') in '${dir}', found none`);
}

function notFound(what: string): AosFault {
  const next = "make one with 'aos init <dir> --from <folder>', or name it with --world";
  const message = `${what}; ${next}`;
  return new AosFault('world-not-found', message, { retry: 'never' });
}
