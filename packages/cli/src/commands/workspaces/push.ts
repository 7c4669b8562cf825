/** `aos ws push` and `aos ws rm`: new versions from here. */
import { assertWorkspaceName, graft, removePath, type TreeChange } from '@aos/adapters-workspace';
import { type Hash, RefusalError, toHashText } from '@aos/canon';
import { type Asked, withAccess } from '../../access/with-access.js';
import { type Answer, CliError } from '../../output.js';
import type { Tools } from '../../program/run-command.js';
import { readFolder } from '../../workspaces/folder-files.js';
import { assertHead, changesOf, commit, MixedTrees, store } from '../../workspaces/upload.js';
import { headsOf, namesOf, rootOf } from '../../workspaces/world-trees.js';
import { changeData, changeLines } from './changes.js';

export interface CommitOptions {
  readonly message?: string;
  readonly author: string;
  /** The head to commit from, `none` for a workspace that is to be made. */
  readonly expect?: string;
}

export interface PushOptions extends CommitOptions {
  /** Where the folder goes to; the whole tree when absent. */
  readonly into?: string;
}

const NO_PLACES: ReadonlyMap<string, string> = new Map();

/** What is in a folder becomes what is in a workspace, or in a directory of it. */
export async function pushFolder(
  world: string,
  place: { readonly workspace: string; readonly folder: string },
  options: PushOptions,
  tools: Tools,
): Promise<Answer> {
  const { workspace, folder } = place;
  assertWorkspaceName(workspace);
  const names = namesOf(options.into ?? '');
  const progress = tools.progress(`reading ${folder}`);
  const local = readFolder(folder, names);
  progress.end();
  return withAccess(world, 'write', async (asked) => {
    const trees = new MixedTrees(asked, local.objects);
    const made = await commitTree(
      asked,
      { workspace, options, trees, places: local.places },
      (base) => graft(trees, base, names, local.root),
    );
    const left = local.empty.length;
    const warnings = left === 0 ? [] : [`${left} folders without files: trees have none`];
    return { ...made, warnings };
  });
}

export async function removeFile(
  world: string,
  place: { readonly workspace: string; readonly path: string },
  options: CommitOptions,
): Promise<Answer> {
  const { workspace, path } = place;
  const names = namesOf(path);
  return withAccess(world, 'write', async (asked) => {
    const trees = new MixedTrees(asked, []);
    const given = { ...options, message: options.message ?? `remove ${path}` };
    return commitTree(asked, { workspace, options: given, trees, places: NO_PLACES }, (base) =>
      removePath(trees, base, names),
    );
  });
}

interface Work {
  readonly workspace: string;
  readonly options: CommitOptions;
  readonly trees: MixedTrees;
  readonly places: ReadonlyMap<string, string>;
}

async function commitTree(
  asked: Asked,
  { workspace, options, trees, places }: Work,
  make: (base: Hash) => ReturnType<typeof graft>,
): Promise<Answer> {
  const heads = await headsOf(asked, workspace);
  const { head } = heads;
  const expected = options.expect === undefined ? head : parseHead(options.expect);
  assertHead(workspace, heads, expected);
  const base = rootOf(heads);
  const { root, objects } = await made(() => make(base));
  trees.add(objects);
  const changes = await changesOf(trees, base, root);
  if (changes.length === 0 && head !== undefined) return unchanged(workspace, head, root);
  await store(asked, changes, { places, trees: [...trees.used, ...objects] });
  const { author, message = '' } = options;
  const { seq } = await commit(asked, { workspace, expected, root, author, message });
  return answer({ workspace, version: (expected ?? 0) + 1, root, seq, changes });
}

/** What a tree refuses is a no to the command. */
async function made<T>(make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    throw error instanceof RefusalError ? CliError.of(error.refusal) : error;
  }
}

function parseHead(text: string): number | undefined {
  if (text === 'none') return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  const message = `expected a version or 'none' as --expect, found '${text}'`;
  throw new CliError('usage', message);
}

function unchanged(workspace: string, version: number, root: Hash): Answer {
  const data = { workspace, version, root: toHashText(root), record: null, changes: [] };
  return { data, lines: [`${workspace} v${version} has these files already; nothing to commit`] };
}

interface Made {
  readonly workspace: string;
  readonly version: number;
  readonly root: Hash;
  readonly seq: number;
  readonly changes: readonly TreeChange[];
}

function answer({ workspace, version, root, seq, changes }: Made): Answer {
  return {
    data: { workspace, version, root: toHashText(root), record: seq, ...changeData(changes) },
    lines: [...changeLines(changes), `${workspace} v${version}  ${toHashText(root)}`],
    done: `the commit is durable as record ${seq}`,
  };
}
