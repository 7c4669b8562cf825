/** `aos ws pull` and `aos ws diff`: trees against folders and against each other. */
import { EMPTY_ROOT, listTree, lookUp } from '@aos/adapters-workspace';
import { type Hash, toHashText } from '@aos/canon';
import { type Asked, withAccess } from '../../access/with-access.js';
import { type Answer, CliError } from '../../output.js';
import { readFolder } from '../../workspaces/folder-files.js';
import { type PulledFile, PullTarget } from '../../workspaces/pull-target.js';
import { changesOf, MixedTrees } from '../../workspaces/upload.js';
import { blobChunks, headsOf, namesOf, treeOf, treesOf } from '../../workspaces/world-trees.js';
import { changeData, changeLines } from './changes.js';
import { type AtOptions, notAFolder, unknownPath } from './files.js';

export interface PullOptions extends AtOptions {
  /** The directory that is pulled; the whole tree when absent. */
  readonly from?: string;
  readonly force?: boolean;
}

export async function pullFolder(
  world: string,
  place: { readonly workspace: string; readonly folder: string },
  { at, from = '', force = false }: PullOptions,
): Promise<Answer> {
  const { workspace, folder } = place;
  return withAccess(world, 'read', async (asked) => {
    const { version, root } = await treeOf(asked, workspace, at);
    const files = await filesBelow(asked, root, from);
    const target = new PullTarget(folder);
    const due = target.plan(files, force ? 'force' : 'keep');
    await target.write(due, (hash) => blobChunks(asked, hash));
    const data = { workspace, version, root: toHashText(root), folder: target.folder };
    const counts = { files: files.length, written: due.length };
    const same = files.length - due.length;
    const lines = [`${workspace} v${version}  ${due.length} files written, ${same} were the same`];
    return { data: { ...data, ...counts }, lines };
  });
}

async function filesBelow(asked: Asked, root: Hash, from: string): Promise<readonly PulledFile[]> {
  const trees = treesOf(asked);
  const below = namesOf(from);
  const found = await lookUp(trees, root, below);
  if (found === undefined) throw unknownPath(from);
  if (found.kind === 'file') throw notAFolder(from);
  const files: PulledFile[] = [];
  for await (const { names, entry } of listTree(trees, found.hash, [], { isRecursive: true })) {
    if (entry.kind === 'file') files.push({ names, file: entry });
  }
  return files;
}

export interface DiffOptions {
  /** The version before the other one when absent. */
  readonly from?: number;
  /** The head when absent. */
  readonly to?: number;
}

/** What changed between two versions, or what a folder would change. */
export async function diffTrees(
  world: string,
  place: { readonly workspace: string; readonly folder: string | undefined },
  options: DiffOptions,
): Promise<Answer> {
  const { workspace, folder } = place;
  if (folder !== undefined && options.to !== undefined) {
    throw new CliError('usage', 'expected a folder or --to, found both');
  }
  return withAccess(world, 'read', async (asked) => {
    const local = folder === undefined ? undefined : readFolder(folder, []);
    const trees = new MixedTrees(asked, local?.objects ?? []);
    const to = local ?? (await treeOf(asked, workspace, options.to));
    const from = await baseOf(asked, workspace, options, 'version' in to ? to.version : undefined);
    const changes = await changesOf(trees, from.root, to.root);
    const ends = { from: toHashText(from.root), to: toHashText(to.root) };
    return {
      data: { workspace, ...ends, ...changeData(changes) },
      lines: changes.length === 0 ? ['no file differs'] : changeLines(changes),
    };
  });
}

/** A folder is compared with the head, a version with the one before it. */
async function baseOf(
  asked: Asked,
  workspace: string,
  { from }: DiffOptions,
  to: number | undefined,
): Promise<{ readonly root: Hash }> {
  if (from !== undefined) return treeOf(asked, workspace, from);
  const { head } = await headsOf(asked, workspace);
  const version = to === undefined ? head : to - 1;
  return version === undefined || version === 0
    ? { root: EMPTY_ROOT }
    : treeOf(asked, workspace, version);
}
