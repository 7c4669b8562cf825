/** The effects that derive a tree: `write`, `remove`. Nothing that was there before has changed. */
import { type Encodable, type Hash, toHashText } from '@aos/canon';
import { isTree } from '@aos/protocol';
import type { Params, WrittenContent } from '../params.js';
import type { Session } from '../session.js';
import { refusal } from '../tree/directory.js';
import { lookUp, removePath, writeFile } from '../tree/edit.js';

/** Enough of a blob to tell a tree. */
const HEAD_BYTES = 16;

export async function write(session: Session, params: Params): Promise<Encodable> {
  const { workspace } = params;
  const base = await session.rootOf(workspace, params.maybeHash('root'));
  const names = params.path();
  const { hash, sizeBytes } = await storeContent(session, params.content());
  const known = await lookUp(session.trees, base, names);
  const isKept = known?.kind === 'file' && known.isExecutable;
  const isExecutable = params.maybeBool('executable') ?? isKept;
  const file = { hash, sizeBytes, isExecutable };
  const edited = await writeFile(session.trees, base, names, file);
  const root = await session.keep(workspace, edited);
  return { workspace, root: toHashText(root), blob: toHashText(hash), size: sizeBytes };
}

export async function remove(session: Session, params: Params): Promise<Encodable> {
  const { workspace } = params;
  const base = await session.rootOf(workspace, params.maybeHash('root'));
  const edited = await removePath(session.trees, base, params.path());
  return { workspace, root: toHashText(await session.keep(workspace, edited)) };
}

/** A tree as a file would open what its hash alone does not. Code: `workspace-content-is-tree`. */
async function storeContent(
  session: Session,
  content: WrittenContent,
): Promise<{ readonly hash: Hash; readonly sizeBytes: number }> {
  if (content.kind === 'bytes') {
    if (isTree(content.bytes)) throw contentIsTree();
    return { hash: await session.putBlob(content.bytes), sizeBytes: content.bytes.length };
  }
  const sizeBytes = await session.blobSize(content.hash);
  if (isTree(await session.readBlob(content.hash, 0, Math.min(sizeBytes, HEAD_BYTES)))) {
    throw contentIsTree();
  }
  return { hash: content.hash, sizeBytes };
}

function contentIsTree() {
  const detail = 'expected the content of a file, found a directory of a workspace as an object';
  return refusal('workspace-content-is-tree', detail);
}
