/**
 * `workspace.commit`: a tree becomes the next version of a workspace.
 *
 * 1. The grant is asked about every file that differs from the expected head, as the write or
 *    removal that it is: no way to a tree leads a commit beyond what its grant allows.
 * 2. What was asked about is what counts: the reducer refuses any other head than the expected one.
 * 3. Started again, it finds the answer of the first start, by the id of its event.
 */
import { type Encodable, encode, type Hash, toHashText, toHex, utf8 } from '@aos/canon';
import { type Heads, WORKSPACE_REDUCER } from '../heads.js';
import type { Params } from '../params.js';
import type { Session } from '../session.js';
import { EMPTY_ROOT, refusal } from '../tree/directory.js';
import { joinPath } from '../tree/path.js';
import { diffTrees, type TreeChange } from '../tree/walk.js';

/** Files that one commit may change. */
const MAX_CHANGES = 100_000;
const MAX_MESSAGE_BYTES = 1024;
/** Names of plans are ASCII. */
const MAX_AUTHOR_BYTES = 256;
/** Changes that are asked about before others get their turn. */
const SLICE = 256;

export async function commit(session: Session, params: Params): Promise<Encodable> {
  const { workspace } = params;
  const message = params.text('message');
  const sizeBytes = utf8(message).length;
  if (sizeBytes > MAX_MESSAGE_BYTES) {
    const detail = `expected at most ${MAX_MESSAGE_BYTES} bytes, found ${sizeBytes}`;
    throw refusal('workspace-text-too-long', detail);
  }
  const root = await session.rootOf(workspace, params.hash('root'));
  const expected = params.maybeNat('expected_head');
  const heads = await session.heads(workspace);
  const dedup = `workspace:${toHex(session.call.intentHash)}`;
  if (heads.head !== expected && !(await session.world.hasTaken(dedup))) {
    throw stale(expected, heads);
  }
  const base = expected === undefined ? EMPTY_ROOT : heads.versions.get(expected)?.tree;
  if (base === undefined) throw stale(expected, heads);
  await assertGranted(session, { workspace, base, root });
  await handIn(session, { workspace, expected, root, message, dedup });
  return { workspace, version: (expected ?? 0) + 1, root: toHashText(root) };
}

interface Trees {
  readonly workspace: string;
  readonly base: Hash;
  readonly root: Hash;
}

/** Codes: those of the grant, `workspace-commit-too-large`. */
async function assertGranted(session: Session, { workspace, base, root }: Trees): Promise<void> {
  const pair = { before: directory(base), after: directory(root) };
  let count = 0;
  for await (const change of diffTrees(session.trees, pair)) {
    if (count === MAX_CHANGES) {
      const detail = `expected at most ${MAX_CHANGES} changed files; commit in parts`;
      throw refusal('workspace-commit-too-large', detail);
    }
    count += 1;
    askAbout(session, workspace, change);
    if (count % SLICE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

const directory = (hash: Hash) => ({ kind: 'directory', name: '', hash }) as const;

function askAbout(session: Session, workspace: string, { names, after }: TreeChange): void {
  const path = joinPath(names);
  const place = { workspace, root: null, path };
  const content = { $tag: 'blob', $value: after === undefined ? null : toHashText(after.hash) };
  const refused =
    after === undefined
      ? session.context.permits('workspace.remove', encode(place))
      : session.context.permits(
          'workspace.write',
          encode({ ...place, content, executable: after.isExecutable }),
        );
  if (refused === undefined) return;
  throw refusal(refused.code, `'${path}' would change: ${refused.detail}`);
}

interface Commit {
  readonly workspace: string;
  readonly expected: number | undefined;
  readonly root: Hash;
  readonly message: string;
  readonly dedup: string;
}

async function handIn(session: Session, commit: Commit): Promise<void> {
  const { workspace, expected, root, message, dedup } = commit;
  const { world, context, call } = session;
  const value = encode({
    ...{ workspace, message, tree: toHashText(root), expected_head: expected ?? null },
    author: (await world.askedBy(call.intentHash)).slice(0, MAX_AUTHOR_BYTES),
    at: context.clock.wallNs(),
  });
  const answer = await world.submit({ schema: 'sys/WorkspaceCommitted@1', value, dedup });
  if (!answer.ok) throw refusal(answer.refusal.code, answer.refusal.detail);
  const fault = answer.value.faults.find(({ reducer }) => reducer === WORKSPACE_REDUCER);
  const heads = await session.heads(workspace);
  if (fault?.code === 'workspace-head-stale') throw stale(expected, heads);
  if (fault !== undefined) throw refusal(fault.code, `${WORKSPACE_REDUCER} refused the commit`);
  if ((heads.head ?? 0) > (expected ?? 0)) return;
  const detail = `no route leads sys/WorkspaceCommitted@1 to ${WORKSPACE_REDUCER}`;
  throw refusal('workspace-not-in-world', detail);
}

function stale(expected: number | undefined, { head }: Heads) {
  const detail = `expected the head ${expected ?? 'none'}, found ${head ?? 'none'}; resolve again`;
  return refusal('workspace-head-stale', detail);
}
