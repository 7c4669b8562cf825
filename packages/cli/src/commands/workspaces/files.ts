/** `aos ws ls` and `aos ws cat`: what is in a tree. */
import { listTree, lookUp } from '@aos/adapters-workspace';
import { decodeUtf8, toHashText } from '@aos/canon';
import type { TreeEntry } from '@aos/protocol';
import { type Asked, withAccess } from '../../access/with-access.js';
import { type Answer, CliError } from '../../output.js';
import { cutValues } from '../../shown-text.js';
import { namesOf, treeOf, treesOf } from '../../workspaces/world-trees.js';
import { copyBlob } from '../reading/blob.js';

export interface AtOptions {
  /** The head when absent. */
  readonly at?: number;
}

export interface ListOptions extends AtOptions {
  readonly recursive?: boolean;
  readonly limit: number;
}

/** Beyond this a file is written to a file, and not shown. */
const MAX_SHOWN_BYTES = 1 << 20;

export async function listFiles(
  world: string,
  place: { readonly workspace: string; readonly path: string },
  { at, recursive: isRecursive = false, limit }: ListOptions,
): Promise<Answer> {
  return withAccess(world, 'read', async (asked) => {
    const { version, root } = await treeOf(asked, place.workspace, at);
    const trees = treesOf(asked);
    const names = namesOf(place.path);
    const found = await lookUp(trees, root, names);
    if (found === undefined) throw unknownPath(place.path);
    if (found.kind === 'file') throw notAFolder(place.path);
    const entries: Shown[] = [];
    let isCut = false;
    for await (const each of listTree(trees, found.hash, names, { isRecursive })) {
      isCut = entries.length === limit;
      if (isCut) break;
      entries.push(shapeOf(each.names.join('/'), each.entry));
    }
    const head = { workspace: place.workspace, version, root: toHashText(root) };
    return {
      data: { ...head, entries, cut: isCut },
      lines: entries.map(lineOf),
      ...(isCut ? { warnings: [`there is more than ${limit} entries; raise --limit`] } : {}),
    };
  });
}

interface Shown {
  readonly [field: string]: string | number | boolean | null;
  readonly path: string;
  readonly kind: string;
  readonly hash: string;
  readonly size: number | null;
  readonly executable: boolean;
}

function shapeOf(path: string, entry: TreeEntry): Shown {
  const { kind, hash } = entry;
  const isFile = kind === 'file';
  const size = isFile ? entry.sizeBytes : null;
  const executable = isFile && entry.isExecutable;
  return { path, kind, hash: toHashText(hash), size, executable };
}

const SIZE_DIGITS = 10;

function lineOf({ path, kind, size, executable }: Shown): string {
  const mark = kind === 'directory' ? '/' : executable ? '*' : '';
  return `${String(size ?? '').padStart(SIZE_DIGITS)}  ${path}${mark}`;
}

export interface CatOptions extends AtOptions {
  /** File to write to; a new one. */
  readonly out?: string;
}

export async function showFile(
  world: string,
  place: { readonly workspace: string; readonly path: string },
  { at, out }: CatOptions,
): Promise<Answer> {
  return withAccess(world, 'read', async (asked) => {
    const { version, root } = await treeOf(asked, place.workspace, at);
    const file = await lookUp(treesOf(asked), root, namesOf(place.path));
    if (file === undefined) throw unknownPath(place.path);
    if (file.kind === 'directory') throw notAFile(place.path);
    const data = { workspace: place.workspace, version, ...shapeOf(place.path, file) };
    if (out !== undefined) {
      const size = await copyBlob(asked, toHashText(file.hash), out);
      return { data: { ...data, out }, lines: [`${size} bytes  ${out}`] };
    }
    const text = await readText(asked, data);
    return { data: { ...data, text }, lines: [text.endsWith('\n') ? text.slice(0, -1) : text] };
  });
}

/** Code: `workspace-not-text`. */
async function readText(asked: Asked, { path, hash, size }: Shown): Promise<string> {
  const { bytes } = await asked.call('blob.get', { hash, offset: 0, length: MAX_SHOWN_BYTES });
  const text = bytes.length === size ? decodeUtf8(bytes) : undefined;
  // control characters other than tab and line breaks would reach the terminal
  if (text?.ok === true && !/[^\P{Cc}\t\n\r]/u.test(text.value)) return text.value;
  const message = `'${path}' has ${size} bytes that are not shown as text: write them with --out`;
  throw new CliError('workspace-not-text', message);
}

export function unknownPath(path: string): CliError {
  const message = `there is nothing at '${cutValues(path)}' in this tree; 'aos ws ls' lists it`;
  return new CliError('workspace-path-unknown', message);
}

function notAFile(path: string): CliError {
  return new CliError('workspace-not-a-file', `'${cutValues(path)}' is a directory of this tree`);
}

export function notAFolder(path: string): CliError {
  return new CliError('workspace-not-a-directory', `'${cutValues(path)}' is a file of this tree`);
}
