/**
 * One directory of a workspace as an object: its entries, by name.
 *
 * 1. One directory has one encoding, so equal directories are one object (spec W2).
 * 2. What is decoded is of that form, to the last byte. Whether names make sense on a disk is not
 *    asked here: that changes with the tables of Unicode, and hashes must not.
 */
import {
  attempt,
  bytesEqual,
  compareBytes,
  concatBytes,
  type Hash,
  Reader,
  RefusalError,
  type Result,
  refuse,
  utf8,
  Writer,
} from '@aos/canon';
import { readHash } from '../shapes/shape-reader.js';

export interface TreeFile {
  readonly kind: 'file';
  readonly name: string;
  /** The blob that the file holds. */
  readonly hash: Hash;
  readonly sizeBytes: number;
  readonly isExecutable: boolean;
}

export interface TreeDirectory {
  readonly kind: 'directory';
  readonly name: string;
  readonly hash: Hash;
}

export type TreeEntry = TreeFile | TreeDirectory;

/** Most entries of one directory: with names of 255 bytes it still is one object. */
export const MAX_TREE_ENTRIES = 10_000;
const MAX_NAME_BYTES = 255;

const HEAD = utf8('aos/tree/0\0');

const MODES = { file: 0, executable: 1, directory: 2 } as const;

/** Whether an object begins as trees do, whatever comes then. */
export function isTree(bytes: Uint8Array): boolean {
  return bytesEqual(bytes.subarray(0, HEAD.length), HEAD);
}

/** Entries in the order of the bytes of their names. Throws `tree-damaged` for any other. */
export function encodeTree(entries: readonly TreeEntry[]): Uint8Array {
  const refused = checkEntries(entries);
  if (refused !== undefined) throw damaged(refused);
  const w = new Writer();
  w.listHead(entries.length);
  for (const entry of entries) {
    w.listHead(entry.kind === 'file' ? 4 : 3);
    w.text(entry.name);
    w.int(modeOf(entry));
    w.bytes(entry.hash);
    if (entry.kind === 'file') w.int(entry.sizeBytes);
  }
  return concatBytes(HEAD, w.finish());
}

/** Code: `tree-damaged`. */
export function decodeTree(bytes: Uint8Array): Result<readonly TreeEntry[]> {
  if (!isTree(bytes)) return refuse('tree-damaged', '', 'expected a tree, found another object');
  const read = attempt(() => readEntries(new Reader(bytes.subarray(HEAD.length))));
  if (!read.ok) return refuse('tree-damaged', read.refusal.at, read.refusal.detail);
  const refused = checkEntries(read.value);
  return refused === undefined ? read : refuse('tree-damaged', '', refused);
}

function readEntries(r: Reader): readonly TreeEntry[] {
  const count = r.listHead();
  const entries: TreeEntry[] = [];
  for (let i = 0; i < count; i++) entries.push(readEntry(r));
  r.end();
  return entries;
}

function readEntry(r: Reader): TreeEntry {
  const items = r.listHead();
  const name = r.text();
  const mode = r.nat();
  const hash = readHash(r);
  if (items === 3 && mode === MODES.directory) return { kind: 'directory', name, hash };
  if (items !== 4 || mode > MODES.executable) throw damaged('an entry is of no known kind');
  const isExecutable = mode === MODES.executable;
  return { kind: 'file', name, hash, sizeBytes: r.nat(), isExecutable };
}

function modeOf(entry: TreeEntry): number {
  if (entry.kind === 'directory') return MODES.directory;
  return entry.isExecutable ? MODES.executable : MODES.file;
}

/** What keeps entries from being those of one directory. */
function checkEntries(entries: readonly TreeEntry[]): string | undefined {
  if (entries.length > MAX_TREE_ENTRIES) return `more than ${MAX_TREE_ENTRIES} entries`;
  let last: Uint8Array | undefined;
  for (const { name } of entries) {
    const bytes = utf8(name);
    if (!isName(name, bytes)) return 'a name that no path can have';
    if (last !== undefined && compareBytes(last, bytes) >= 0) return 'names out of order';
    last = bytes;
  }
  return undefined;
}

function isName(name: string, bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.length > MAX_NAME_BYTES) return false;
  return name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0');
}

function damaged(detail: string): RefusalError {
  return new RefusalError({ code: 'tree-damaged', at: '', detail });
}
