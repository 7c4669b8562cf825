/**
 * A folder of this machine as files of a tree.
 *
 * 1. Whatever is not a plain file or folder is refused, links above all: nothing outside of the
 *    folder gets in.
 * 2. Equal folders are equal trees: times, owners and order do not count.
 */
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildTree, type Edited, type PlacedFile } from '@aos/adapters-workspace';
import { decodeUtf8, type Hash, RefusalError, sha256, toHashText, toHex } from '@aos/canon';
import { BLOB_PIECE_BYTES, encodeBlobList, isBlobList, isTree } from '@aos/protocol';
import { CliError } from '../output.js';
import { cutValues } from '../shown-text.js';
import { namesOf } from './world-trees.js';

/** What one message to a world can hold. */
const MAX_FILE_BYTES = 1 << 24;
const MAX_FILES = 1_000_000;
const EXECUTABLE = 0o100;

export interface FolderTree extends Edited {
  /** Where the bytes of a blob are, by its hash in hex. */
  readonly places: ReadonlyMap<string, string>;
  readonly files: number;
  readonly sizeBytes: number;
  /** Folders without a file, which trees do not have. */
  readonly empty: readonly string[];
}

/**
 * Reads a folder, whose files are to lie below `below` in a tree. Codes: `folder-unreadable`,
 * `workspace-link`, `workspace-file-kind`, `workspace-file-too-large`, `workspace-content-is-tree`,
 * and those of paths and trees.
 */
export function readFolder(folder: string, below: readonly string[]): FolderTree {
  const places = new Map<string, string>();
  const empty: string[] = [];
  const files: PlacedFile[] = [];
  let sizeBytes = 0;
  for (const found of walk(folder, below, empty)) {
    if (files.length === MAX_FILES) throw tooMany(folder);
    const { bytes, isExecutable } = readFile(found.path);
    const hash = blobHash(bytes);
    places.set(toHex(hash), found.path);
    sizeBytes += bytes.length;
    const names = found.names.slice(below.length);
    files.push({ names, hash, sizeBytes: bytes.length, isExecutable });
  }
  const tree = built(folder, files);
  return { ...tree, places, files: files.length, sizeBytes, empty };
}

function built(folder: string, files: readonly PlacedFile[]): Edited {
  try {
    return buildTree(files);
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    throw new CliError(error.code, `in '${folder}': ${cutValues(error.refusal.detail)}`);
  }
}

interface Found {
  readonly path: string;
  readonly names: readonly string[];
}

function* walk(folder: string, names: readonly string[], empty: string[]): Generator<Found> {
  const entries = list(folder);
  if (entries.length === 0) empty.push(folder);
  for (const entry of entries) {
    const name = decodeUtf8(entry.name);
    if (!name.ok) {
      const message = `a name in '${folder}' is not UTF-8; rename it`;
      throw new CliError('workspace-path-invalid', message);
    }
    const path = join(folder, name.value);
    const inner = namesOf([...names, name.value].join('/'));
    if (inner.length !== names.length + 1) throw noName(path);
    if (entry.isSymbolicLink()) throw isLink(path);
    if (entry.isDirectory()) yield* walk(path, inner, empty);
    else if (entry.isFile()) yield { path, names: inner };
    else throw otherKind(path);
  }
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    const message = `cannot read the folder '${folder}': ${(error as Error).message}`;
    throw new CliError('folder-unreadable', message);
  }
}

/** A link that took the place of a file meanwhile is not followed. */
function readFile(path: string): {
  readonly bytes: Uint8Array;
  readonly isExecutable: boolean;
} {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = opened(path, () => openSync(path, flags));
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw otherKind(path);
    if (stat.size > MAX_FILE_BYTES) throw tooLarge(path, stat.size);
    const bytes = new Uint8Array(readFileSync(file));
    if (bytes.length > MAX_FILE_BYTES) throw tooLarge(path, bytes.length);
    if (isTree(bytes)) throw isATree(path);
    return { bytes, isExecutable: (stat.mode & EXECUTABLE) !== 0 };
  } finally {
    closeSync(file);
  }
}

function opened<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') throw isLink(path);
    const message = `cannot read '${path}': ${(error as Error).message}`;
    throw new CliError('file-unreadable', message);
  }
}

/** The hash that a world gives these bytes as a blob. */
export function blobHash(bytes: Uint8Array): Hash {
  if (bytes.length <= BLOB_PIECE_BYTES && !isBlobList(bytes)) return sha256(bytes);
  const pieces: Hash[] = [];
  for (let at = 0; at < bytes.length; at += BLOB_PIECE_BYTES) {
    pieces.push(sha256(bytes.subarray(at, at + BLOB_PIECE_BYTES)));
  }
  return sha256(encodeBlobList({ sizeBytes: bytes.length, pieces }));
}

/** Bytes that were read before. Code: `workspace-file-changed`. */
export function readAgain(path: string, hash: string): Uint8Array {
  const { bytes } = readFile(path);
  if (toHashText(blobHash(bytes)) === hash) return bytes;
  const message = `'${path}' has changed while it was read; push again`;
  throw new CliError('workspace-file-changed', message);
}

function isLink(path: string): CliError {
  const message = `'${path}' is a symbolic link; workspaces have files and folders only`;
  return new CliError('workspace-link', message);
}

function otherKind(path: string): CliError {
  const message = `'${path}' is neither a file nor a folder; workspaces have no others`;
  return new CliError('workspace-file-kind', message);
}

function noName(path: string): CliError {
  return new CliError('workspace-path-invalid', `'${path}' has no name that a tree can have`);
}

function tooLarge(path: string, size: number): CliError {
  const message = `'${path}' has ${size} bytes; a file of a push has at most ${MAX_FILE_BYTES}`;
  return new CliError('workspace-file-too-large', message);
}

function tooMany(folder: string): CliError {
  const message = `'${folder}' has more than ${MAX_FILES} files; push it in parts`;
  return new CliError('workspace-file-too-large', message);
}

function isATree(path: string): CliError {
  const message = `'${path}' holds a directory of a workspace as an object; leave it out`;
  return new CliError('workspace-content-is-tree', message);
}
