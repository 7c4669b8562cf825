/** The effects that only look: `resolve`, `empty_root`, `list`, `read`, `diff`. */
import { decodeUtf8, type Encodable, type Hash, toHashText, utf8 } from '@aos/canon';
import type { TreeEntry, TreeFile } from '@aos/protocol';
import type { Params } from '../params.js';
import type { Session } from '../session.js';
import { EMPTY_ROOT, refusal } from '../tree/directory.js';
import { lookUp, notADirectory, notAFile, unknownPath } from '../tree/edit.js';
import { joinPath } from '../tree/path.js';
import { diffTrees, listTree, type TreeChange } from '../tree/walk.js';

/** Most entries, and bytes of paths, that one receipt lists. */
const MAX_LISTED = 1000;
const MAX_LISTED_BYTES = 1 << 16;
/** Most bytes of a file in one receipt, which lies in the journal. */
const READ_BYTES = 1 << 18;

export async function resolve(session: Session, params: Params): Promise<Encodable> {
  const { workspace } = params;
  const { head, versions } = await session.heads(workspace);
  const version = params.maybeNat('version') ?? head;
  const found = version === undefined ? undefined : versions.get(version);
  if (version !== undefined && found === undefined) {
    const detail = `${workspace} has no version ${version}; its head is ${head ?? 'none'}`;
    throw refusal('workspace-version-unknown', detail);
  }
  return {
    workspace,
    head: head ?? null,
    version: version ?? null,
    root: toHashText(found?.tree ?? EMPTY_ROOT),
    author: found?.author ?? null,
    message: found?.message ?? null,
    at: found?.at ?? null,
  };
}

export async function emptyRoot(_: Session, { workspace }: Params): Promise<Encodable> {
  return { workspace, root: toHashText(EMPTY_ROOT) };
}

export async function list(session: Session, params: Params): Promise<Encodable> {
  const { workspace } = params;
  const root = await session.rootOf(workspace, params.maybeHash('root'));
  const names = params.path();
  const at = await lookUp(session.trees, root, names);
  if (at === undefined) throw unknownPath(names);
  if (at.kind === 'file') throw notADirectory(names);
  const isRecursive = params.maybeBool('recursive') === true;
  const after = params.maybePath('after');
  const listed = listTree(session.trees, at.hash, names, { isRecursive, after });
  const page = await pageOf(listed, params.maybeNat('limit'));
  const entries = page.items.map((each) => entryShape(joinPath(each.names), each.entry));
  return { workspace, root: toHashText(root), entries, next: page.next };
}

export async function diff(session: Session, params: Params): Promise<Encodable> {
  const { workspace } = params;
  const from = await session.rootOf(workspace, params.maybeHash('from'));
  const to = await session.rootOf(workspace, params.maybeHash('to'));
  const at = params.path();
  const [before, after] = [from, to].map((root) => lookUp(session.trees, root, at));
  const pair = { before: await before, after: await after };
  const changes = diffTrees(session.trees, pair, { at, after: params.maybePath('after') });
  const page = await pageOf(changes, params.maybeNat('limit'));
  return {
    ...{ workspace, from: toHashText(from), to: toHashText(to) },
    changes: page.items.map(changeShape),
    next: page.next,
  };
}

export async function read(session: Session, params: Params): Promise<Encodable> {
  const { workspace } = params;
  const root = await session.rootOf(workspace, params.maybeHash('root'));
  const names = params.path();
  const file = await lookUp(session.trees, root, names);
  if (file === undefined) throw unknownPath(names);
  if (file.kind === 'directory') throw notAFile(names);
  const { hash, sizeBytes, isExecutable } = file;
  const range = rangeOf(params, sizeBytes);
  const bytes = range && (await session.readBlob(hash, range.from, range.before));
  return {
    ...{ workspace, root: toHashText(root), path: joinPath(names), size: sizeBytes },
    ...{ executable: isExecutable, blob: toHashText(hash) },
    ...contentShape(bytes, range),
  };
}

interface Range {
  readonly from: number;
  readonly before: number;
  readonly isWhole: boolean;
}

/** What is asked for; undefined for all of a file that is too large for that. */
export function rangeOf(params: Params, size: number): Range | undefined {
  const [from, wanted] = [params.maybeNat('from'), params.maybeNat('size')];
  if (from === undefined && wanted === undefined && size > READ_BYTES) return undefined;
  if (wanted !== undefined && wanted > READ_BYTES) {
    const detail = `expected a size of at most ${READ_BYTES} bytes; read in pieces`;
    throw refusal('workspace-read-too-large', detail);
  }
  const begin = Math.min(from ?? 0, size);
  const before = Math.min(begin + (wanted ?? READ_BYTES), size);
  return { from: begin, before, isWhole: begin === 0 && before === size };
}

/** Text where the bytes are the whole of one. */
export function contentShape(bytes: Uint8Array | undefined, range: Range | undefined) {
  const text = bytes !== undefined && range?.isWhole === true ? decodeUtf8(bytes) : undefined;
  if (text?.ok === true) return { text: text.value, bytes: null };
  return { text: null, bytes: bytes ?? null };
}

function entryShape(path: string, entry: TreeEntry) {
  const isFile = entry.kind === 'file';
  return {
    path,
    kind: { $tag: entry.kind, $value: null },
    hash: toHashText(entry.hash),
    size: isFile ? entry.sizeBytes : null,
    executable: isFile && entry.isExecutable,
  };
}

function changeShape({ names, before, after }: TreeChange) {
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return {
    path: joinPath(names),
    change: { $tag: change, $value: null },
    before: hashShape(before),
    after: hashShape(after),
  };
}

const hashShape = (file: TreeFile | undefined): string | null =>
  file === undefined ? null : toHashText(file.hash as Hash);

interface Page<T> {
  readonly items: readonly T[];
  /** The path to go on behind, when there is more. */
  readonly next: string | null;
}

/** As many as one receipt lists, and at least one. */
async function pageOf<T extends { readonly names: readonly string[] }>(
  all: AsyncIterable<T>,
  wanted = MAX_LISTED,
): Promise<Page<T>> {
  if (wanted < 1) throw refusal('workspace-params-invalid', 'expected a limit of at least 1');
  const items: T[] = [];
  let sizeBytes = 0;
  for await (const item of all) {
    const last = items.at(-1);
    sizeBytes += utf8(joinPath(item.names)).length;
    const isFull = items.length >= Math.min(wanted, MAX_LISTED) || sizeBytes > MAX_LISTED_BYTES;
    if (isFull && last !== undefined) return { items, next: joinPath(last.names) };
    items.push(item);
  }
  return { items, next: null };
}
