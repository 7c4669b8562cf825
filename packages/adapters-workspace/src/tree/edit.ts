/** New trees from old ones: what is not on the way to the change is shared. */
import { type Hash, toHashText } from '@aos/canon';
import type { StoredObject, TreeEntry, TreeFile } from '@aos/protocol';
import { type Directories, Directory, EMPTY_DIRECTORY, EMPTY_ROOT, refusal } from './directory.js';
import { joinPath } from './path.js';

/** A tree that was derived, with the directories that are new in it. */
export interface Edited {
  readonly root: Hash;
  readonly objects: readonly StoredObject[];
}

export type FileContent = Omit<TreeFile, 'kind' | 'name'>;

/** What is under a path: an entry, or the whole tree. Undefined where there is nothing. */
export async function lookUp(
  trees: Directories,
  root: Hash,
  names: readonly string[],
): Promise<TreeEntry | undefined> {
  let found: TreeEntry = { kind: 'directory', name: '', hash: root };
  for (const name of names) {
    if (found.kind === 'file') return undefined;
    const entry: TreeEntry | undefined = (await trees.get(found.hash)).get(name);
    if (entry === undefined) return undefined;
    found = entry;
  }
  return found;
}

/**
 * Puts a file under a path, over the one that is there. Codes: `workspace-not-a-file` where there
 * is a directory, `workspace-not-a-directory` where the path leads through a file,
 * `workspace-name-collision`, `workspace-directory-full`.
 */
export async function writeFile(
  trees: Directories,
  root: Hash,
  names: readonly string[],
  file: FileContent,
): Promise<Edited> {
  const way = await wayTo(trees, root, names);
  const last = way.at(-1);
  if (last === undefined) throw notAFile(names);
  if (last.directory.get(last.name)?.kind === 'directory') throw notAFile(names);
  return rebuilt(way, { kind: 'file', name: last.name, ...file });
}

/** Takes out a file or a directory, and what is empty by that. Code: `workspace-path-unknown`. */
export async function removePath(
  trees: Directories,
  root: Hash,
  names: readonly string[],
): Promise<Edited> {
  if ((await lookUp(trees, root, names)) === undefined) throw unknownPath(names);
  return rebuilt(await wayTo(trees, root, names), undefined);
}

/** Puts a whole directory under a path, over whatever is there. The empty one takes it away. */
export async function graft(
  trees: Directories,
  root: Hash,
  names: readonly string[],
  directory: Hash,
): Promise<Edited> {
  if (names.length === 0) return { root: directory, objects: [] };
  const way = await wayTo(trees, root, names);
  const isEmpty = toHashText(directory) === toHashText(EMPTY_ROOT);
  return rebuilt(way, isEmpty ? undefined : { kind: 'directory', name: '', hash: directory });
}

export function unknownPath(names: readonly string[]) {
  return refusal('workspace-path-unknown', `there is nothing at '${joinPath(names)}' in this tree`);
}

export function notAFile(names: readonly string[]) {
  return refusal('workspace-not-a-file', `'${joinPath(names)}' is a directory in this tree`);
}

export function notADirectory(names: readonly string[]) {
  return refusal('workspace-not-a-directory', `'${joinPath(names)}' is a file in this tree`);
}

/** A directory on the way, and the name under which the way leads on. */
interface Stage {
  readonly directory: Directory;
  readonly name: string;
}

/** Directories that are not there yet are empty ones. */
async function wayTo(trees: Directories, root: Hash, names: readonly string[]): Promise<Stage[]> {
  const way: Stage[] = [];
  let directory = await trees.get(root);
  for (const [i, name] of names.entries()) {
    way.push({ directory, name });
    if (i === names.length - 1) break;
    const entry = directory.get(name);
    if (entry?.kind === 'file') throw notADirectory(names.slice(0, i + 1));
    directory = entry === undefined ? EMPTY_DIRECTORY : await trees.get(entry.hash);
  }
  return way;
}

/** From the changed entry up to the root. */
function rebuilt(way: readonly Stage[], changed: TreeEntry | undefined): Edited {
  const objects: StoredObject[] = [];
  let entry = changed;
  for (const { directory, name } of [...way].reverse()) {
    const next = entry === undefined ? directory.without(name) : directory.with({ ...entry, name });
    if (next.entries.length === 0) {
      entry = undefined;
      continue;
    }
    const object = next.toObject();
    objects.push(object);
    entry = { kind: 'directory', name: '', hash: object.hash };
  }
  return { root: entry?.hash ?? EMPTY_ROOT, objects };
}

/** A file on its way into a tree that is made at once. */
export interface PlacedFile extends FileContent {
  readonly names: readonly string[];
}

/** Makes a tree of files in any order. Codes: as of {@link writeFile}. */
export function buildTree(files: Iterable<PlacedFile>): Edited {
  const top = new Folder();
  for (const file of files) top.place(file);
  const objects: StoredObject[] = [];
  const root = top.build(objects);
  return { root: root ?? EMPTY_ROOT, objects };
}

/** A directory that is being filled. */
class Folder {
  readonly #folders = new Map<string, Folder>();
  readonly #files = new Map<string, TreeFile>();

  place({ names, ...file }: PlacedFile): void {
    let folder: Folder = this;
    for (const [i, name] of names.slice(0, -1).entries()) {
      if (folder.#files.has(name)) throw notADirectory(names.slice(0, i + 1));
      let next = folder.#folders.get(name);
      if (next === undefined) {
        next = new Folder();
        folder.#folders.set(name, next);
      }
      folder = next;
    }
    const name = names.at(-1);
    if (name === undefined || folder.#folders.has(name)) throw notAFile(names);
    folder.#files.set(name, { kind: 'file', name, ...file });
  }

  build(objects: StoredObject[]): Hash | undefined {
    const entries: TreeEntry[] = [...this.#files.values()];
    for (const [name, folder] of this.#folders) {
      const hash = folder.build(objects);
      if (hash !== undefined) entries.push({ kind: 'directory', name, hash });
    }
    if (entries.length === 0) return undefined;
    const object = Directory.of(entries).toObject();
    objects.push(object);
    return object.hash;
  }
}
