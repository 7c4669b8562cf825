/** Mounts: what is in the world, looked at as files. `/mem`, `/state` and `/policy`. */
import { type Encodable, type Hash, toHashText } from '@aos/canon';
import type { Params } from '../params.js';
import { invalid } from '../params.js';
import type { Session } from '../session.js';
import { refusal } from '../tree/directory.js';
import { notADirectory, notAFile, unknownPath } from '../tree/edit.js';
import { joinPath } from '../tree/path.js';
import { contentShape, rangeOf } from './look.js';

const MOUNTS: ReadonlySet<string> = new Set(['/mem', '/state', '/policy']);
const MAX_LISTED = 1000;
const MAX_PATH_NAMES = 16;

export const isMount = (workspace: string): boolean => workspace.startsWith('/');

/** Codes: `workspace-read-only`, `workspace-mount-unknown`, and those of looking. */
export async function onMount(
  session: Session,
  operation: string,
  params: Params,
): Promise<Encodable> {
  const { workspace } = params;
  if (!MOUNTS.has(workspace)) {
    const detail = `expected /mem, /state or /policy, found ${workspace}`;
    throw refusal('workspace-mount-unknown', detail);
  }
  if (operation === 'list') return listMount(session, params);
  if (operation === 'read') return readMount(session, params);
  const detail = `${workspace} shows what is in the world; it can be listed and read only`;
  throw refusal('workspace-read-only', detail);
}

async function listMount(session: Session, params: Params): Promise<Encodable> {
  const names = namesOf(params);
  if (params.maybeBool('recursive') === true) throw invalid('one directory of a mount at a time');
  const limit = Math.min(params.maybeNat('limit') ?? MAX_LISTED, MAX_LISTED);
  const after = params.maybeText('after')?.split('/').at(-1);
  const page = after === undefined ? { limit } : { limit, after };
  const found = await session.world.look([mountOf(params), ...names], page);
  if (found === undefined) throw unknownPath(names);
  if (found.kind === 'file') throw notADirectory(names);
  const entries = found.entries.map(({ name, kind }) => ({
    path: joinPath([...names, name]),
    kind: { $tag: kind, $value: null },
    ...{ hash: null, size: null, executable: false },
  }));
  const next = found.hasMore ? (entries.at(-1)?.path ?? null) : null;
  return { workspace: params.workspace, root: null, entries, next };
}

async function readMount(session: Session, params: Params): Promise<Encodable> {
  const names = namesOf(params);
  const found = await session.world.look([mountOf(params), ...names], { limit: 1 });
  if (found === undefined) throw unknownPath(names);
  if (found.kind === 'directory') throw notAFile(names);
  const { bytes } = found;
  const range = rangeOf(params, bytes.length);
  const part = range && bytes.subarray(range.from, range.before);
  const blob = range === undefined ? await session.putBlob(bytes) : undefined;
  return {
    ...{ workspace: params.workspace, root: null, path: joinPath(names) },
    ...{ size: bytes.length, executable: false, blob: blobShape(blob) },
    ...contentShape(part, range),
  };
}

const blobShape = (hash: Hash | undefined): string | null =>
  hash === undefined ? null : toHashText(hash);

const mountOf = ({ workspace }: Params): string => workspace.slice(1);

/** Names of mounts are those of reducers, keys and definitions, and lead nowhere else. */
function namesOf(params: Params): readonly string[] {
  if (params.maybeHash('root') !== undefined) throw invalid('no root: a mount has no versions');
  const path = params.text('path');
  const names = path === '' ? [] : path.split('/');
  const isPlain = names.every((name) => name !== '' && name !== '.' && name !== '..');
  if (isPlain && names.length <= MAX_PATH_NAMES) return names;
  throw refusal('workspace-path-invalid', 'expected names between single slashes');
}
