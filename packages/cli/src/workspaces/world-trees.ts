/** Workspaces of a world, asked for by its verbs: heads, trees, files. */
import {
  Directories,
  decodeHeads,
  EMPTY_ROOT,
  type Heads,
  parsePath,
  WORKSPACE_REDUCER,
} from '@aos/adapters-workspace';
import { concatBytes, type Hash, sha256, toHashText } from '@aos/canon';
import type { Asked } from '../access/with-access.js';
import { CliError } from '../output.js';
import { cutValues } from '../shown-text.js';

/** Bytes that one answer gives. */
const CHUNK_BYTES = 1 << 20;

const NO_HEADS: Heads = { head: undefined, versions: new Map() };

/** None for a workspace that is not there. Code: `workspace-not-in-world`. */
export async function headsOf(asked: Asked, workspace: string): Promise<Heads> {
  const key_json = JSON.stringify(workspace);
  const args = { reducer: WORKSPACE_REDUCER, key_json, cbor: true };
  const { cbor } = await asked.call('state.get', args).catch(explained);
  return cbor === null ? NO_HEADS : decodeHeads(cbor);
}

export function explained(error: unknown): never {
  if (!(error instanceof CliError && error.code === 'reducer-unknown')) throw error;
  const message = `the world keeps no workspaces: list ${WORKSPACE_REDUCER} among its modules`;
  throw new CliError('workspace-not-in-world', message);
}

/** The tree of a version, or of the head. Codes: `workspace-unknown`, `…-version-unknown`. */
export async function treeOf(
  asked: Asked,
  workspace: string,
  at: number | undefined,
): Promise<{ readonly version: number; readonly root: Hash }> {
  const { head, versions } = await headsOf(asked, workspace);
  if (head === undefined) throw unknownWorkspace(workspace);
  const version = at ?? head;
  const found = versions.get(version);
  if (found !== undefined) return { version, root: found.tree };
  const [oldest] = versions.keys();
  const kept = `kept are ${oldest} to ${head}`;
  const message = `${cutValues(workspace)} has no version ${version}; ${kept}`;
  throw new CliError('workspace-version-unknown', message);
}

/** The tree of the head, the empty one where there is none. */
export function rootOf({ head, versions }: Heads): Hash {
  return (head === undefined ? undefined : versions.get(head)?.tree) ?? EMPTY_ROOT;
}

function unknownWorkspace(workspace: string): CliError {
  const message = `no workspace '${cutValues(workspace)}'; 'aos ws list' shows those there are`;
  return new CliError('workspace-unknown', message);
}

/** Directories of the world, checked against their hashes. */
export function treesOf(asked: Asked): Directories {
  return new Directories((hash) => readTree(asked, hash));
}

export async function readTree(asked: Asked, hash: Hash): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of blobChunks(asked, hash)) chunks.push(chunk);
  } catch (error) {
    if (error instanceof CliError && error.code === 'blob-unknown') return undefined;
    throw error;
  }
  const bytes = concatBytes(...chunks);
  if (toHashText(sha256(bytes)) === toHashText(hash)) return bytes;
  throw new CliError('workspace-tree-damaged', `the tree ${toHashText(hash)} has other bytes`);
}

/** The bytes of a blob, bit by bit. Code: `blob-unknown`. */
export async function* blobChunks(asked: Asked, hash: Hash): AsyncGenerator<Uint8Array> {
  const text = toHashText(hash);
  for (let offset = 0; ; ) {
    const args = { hash: text, offset, length: CHUNK_BYTES };
    const { bytes, size } = await asked.call('blob.get', args);
    yield bytes;
    offset += bytes.length;
    if (offset >= size || bytes.length === 0) return;
  }
}

/** The names of a path. Code: `workspace-path-invalid`. */
export function namesOf(path: string): readonly string[] {
  const names = parsePath(path);
  if (names.ok) return names.value;
  const shown = cutValues(JSON.stringify(path));
  throw new CliError('workspace-path-invalid', `${shown} is no path: ${names.refusal.detail}`);
}
