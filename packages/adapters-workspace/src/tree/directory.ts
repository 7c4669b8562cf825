/** Directories in memory, and where they are read from. */
import { compareBytes, type Hash, RefusalError, sha256, toHashText, utf8 } from '@aos/canon';
import {
  decodeTree,
  encodeTree,
  MAX_TREE_ENTRIES,
  type StoredObject,
  type TreeEntry,
} from '@aos/protocol';
import { foldName, nameProblem } from './path.js';

/** One directory, whose names are such as paths may have. */
export class Directory {
  readonly #byName: ReadonlyMap<string, TreeEntry>;
  /** Names by what they look like. */
  readonly #byLook: ReadonlyMap<string, string>;

  /** Throws `workspace-name-collision` and `workspace-directory-full`. */
  constructor(readonly entries: readonly TreeEntry[]) {
    if (entries.length > MAX_TREE_ENTRIES) throw full();
    this.#byName = new Map(entries.map((entry) => [entry.name, entry]));
    const looks = new Map<string, string>();
    for (const { name } of entries) {
      const look = foldName(name);
      const other = looks.get(look);
      if (other !== undefined) throw collision(other, name);
      looks.set(look, name);
    }
    this.#byLook = looks;
  }

  /** Of entries in any order. */
  static of(entries: readonly TreeEntry[]): Directory {
    return new Directory([...entries].sort((a, b) => compareNames(a.name, b.name)));
  }

  get(name: string): TreeEntry | undefined {
    return this.#byName.get(name);
  }

  /** With an entry in the place of that of its name, or a new one. */
  with(entry: TreeEntry): Directory {
    const alike = this.#byLook.get(foldName(entry.name));
    if (alike !== undefined && alike !== entry.name) throw collision(alike, entry.name);
    const at = this.#placeOf(entry.name);
    const rest = alike === undefined ? at : at + 1;
    return new Directory([...this.entries.slice(0, at), entry, ...this.entries.slice(rest)]);
  }

  without(name: string): Directory {
    return new Directory(this.entries.filter((entry) => entry.name !== name));
  }

  toObject(): StoredObject {
    const bytes = encodeTree(this.entries);
    return { hash: sha256(bytes), bytes };
  }

  /** Where the entry of a name is, or would be. */
  #placeOf(name: string): number {
    let [low, high] = [0, this.entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const found = this.entries[middle] as TreeEntry;
      if (compareNames(found.name, name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export const EMPTY_DIRECTORY = new Directory([]);
/** The hash of the tree without files. */
export const EMPTY_ROOT: Hash = EMPTY_DIRECTORY.toObject().hash;

const ASCII = /^[\0-\x7f]*$/;

/** The order of entries: that of the bytes of their names. */
export function compareNames(a: string, b: string): number {
  if (!ASCII.test(a) || !ASCII.test(b)) return compareBytes(utf8(a), utf8(b));
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Bytes under their hash, whose hash was checked, or `undefined` when they are not stored. */
export type ReadTree = (hash: Hash) => Promise<Uint8Array | undefined>;

/** Entries of all directories that are kept in memory. */
const MAX_KEPT_ENTRIES = 200_000;

/** The latest directories, by the texts of their hashes. */
export class DirectoryCache {
  readonly #kept = new Map<string, Directory>();
  #entries = 0;

  get(key: string): Directory | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept;
  }

  add(key: string, directory: Directory): void {
    if (this.#kept.has(key)) return;
    this.#kept.set(key, directory);
    this.#entries += directory.entries.length + 1;
    for (const [oldest, { entries }] of this.#kept) {
      if (this.#entries <= MAX_KEPT_ENTRIES || oldest === key) return;
      this.#kept.delete(oldest);
      this.#entries -= entries.length + 1;
    }
  }
}

/** Directories by their hash. */
export class Directories {
  constructor(
    private readonly read: ReadTree,
    private readonly cache = new DirectoryCache(),
  ) {}

  /** Codes: `workspace-object-missing`, `workspace-tree-damaged`. */
  async get(hash: Hash): Promise<Directory> {
    const key = toHashText(hash);
    const kept = this.cache.get(key);
    if (kept !== undefined) return kept;
    const bytes = key === EMPTY_TEXT ? EMPTY_DIRECTORY.toObject().bytes : await this.read(hash);
    if (bytes === undefined) throw missing(key);
    const directory = directoryOf(bytes, key);
    this.cache.add(key, directory);
    return directory;
  }
}

const EMPTY_TEXT = toHashText(EMPTY_ROOT);

function directoryOf(bytes: Uint8Array, key: string): Directory {
  const tree = decodeTree(bytes);
  if (!tree.ok) throw damaged(key, tree.refusal.detail);
  for (const { name } of tree.value) {
    const problem = nameProblem(name);
    if (problem !== undefined) throw damaged(key, problem);
  }
  try {
    return new Directory(tree.value);
  } catch (error) {
    if (error instanceof RefusalError) throw damaged(key, error.refusal.detail);
    throw error;
  }
}

export function refusal(code: string, detail: string): RefusalError {
  return new RefusalError({ code, at: '', detail });
}

function collision(one: string, other: string): RefusalError {
  const detail = `'${one}' and '${other}' would be one name on some disks; rename one of them`;
  return refusal('workspace-name-collision', detail);
}

function full(): RefusalError {
  const detail = `expected at most ${MAX_TREE_ENTRIES} entries in one directory; use several`;
  return refusal('workspace-directory-full', detail);
}

function missing(key: string): RefusalError {
  return refusal('workspace-object-missing', `the tree ${key} is not among the stored objects`);
}

function damaged(key: string, why: string): RefusalError {
  return refusal('workspace-tree-damaged', `the object ${key} is no tree: ${why}`);
}
