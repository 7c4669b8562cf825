/** The built-in schemas of workspaces, as values. */
import { sys } from './sys-reducer-effects.js';
import { t } from './types.js';

const WorkspaceVersion = sys(
  'WorkspaceVersion',
  t.record({ tree: t.hash, author: t.text, message: t.text, at: t.time }),
);
const WorkspaceContent = sys(
  'WorkspaceContent',
  t.variant({ text: t.text, bytes: t.bytes, blob: t.hash }),
);
const WorkspaceCommit = sys(
  'WorkspaceCommit',
  t.record({
    workspace: t.text,
    expected_head: t.option(t.nat),
    tree: t.hash,
    author: t.text,
    message: t.text,
    at: t.time,
  }),
);
const place = { workspace: t.text, root: t.option(t.hash), path: t.text };

export const workspaceSchemas = {
  WorkspaceName: sys('WorkspaceName', t.text),
  WorkspaceVersion,
  WorkspaceState: sys(
    'WorkspaceState',
    t.record({ head: t.nat, versions: t.map(t.nat, WorkspaceVersion) }),
  ),
  WorkspaceCommit,
  WorkspaceCommitted: sys('WorkspaceCommitted', WorkspaceCommit),
  WorkspaceContent,
  WorkspaceResolveParams: sys(
    'WorkspaceResolveParams',
    t.record({ workspace: t.text, version: t.option(t.nat) }),
  ),
  WorkspaceResolveReceipt: sys(
    'WorkspaceResolveReceipt',
    t.record({
      workspace: t.text,
      head: t.option(t.nat),
      version: t.option(t.nat),
      root: t.hash,
      author: t.option(t.text),
      message: t.option(t.text),
      at: t.option(t.time),
    }),
  ),
  WorkspaceEmptyRootParams: sys('WorkspaceEmptyRootParams', t.record({ workspace: t.text })),
  WorkspaceEmptyRootReceipt: sys(
    'WorkspaceEmptyRootReceipt',
    t.record({ workspace: t.text, root: t.hash }),
  ),
  WorkspaceListParams: sys(
    'WorkspaceListParams',
    t.record({
      ...place,
      recursive: t.option(t.bool),
      limit: t.option(t.nat),
      after: t.option(t.text),
    }),
  ),
  WorkspaceListReceipt: sys(
    'WorkspaceListReceipt',
    t.record({
      workspace: t.text,
      root: t.option(t.hash),
      entries: t.list(
        t.record({
          path: t.text,
          kind: t.words('file', 'directory'),
          hash: t.option(t.hash),
          size: t.option(t.nat),
          executable: t.bool,
        }),
      ),
      next: t.option(t.text),
    }),
  ),
  WorkspaceReadParams: sys(
    'WorkspaceReadParams',
    t.record({ ...place, from: t.option(t.nat), size: t.option(t.nat) }),
  ),
  WorkspaceReadReceipt: sys(
    'WorkspaceReadReceipt',
    t.record({
      workspace: t.text,
      root: t.option(t.hash),
      path: t.text,
      size: t.nat,
      executable: t.bool,
      blob: t.option(t.hash),
      text: t.option(t.text),
      bytes: t.option(t.bytes),
    }),
  ),
  WorkspaceWriteParams: sys(
    'WorkspaceWriteParams',
    t.record({ ...place, content: WorkspaceContent, executable: t.option(t.bool) }),
  ),
  WorkspaceWriteReceipt: sys(
    'WorkspaceWriteReceipt',
    t.record({ workspace: t.text, root: t.hash, blob: t.hash, size: t.nat }),
  ),
  WorkspaceRemoveParams: sys('WorkspaceRemoveParams', t.record(place)),
  WorkspaceRemoveReceipt: sys(
    'WorkspaceRemoveReceipt',
    t.record({ workspace: t.text, root: t.hash }),
  ),
  WorkspaceDiffParams: sys(
    'WorkspaceDiffParams',
    t.record({
      workspace: t.text,
      from: t.option(t.hash),
      to: t.option(t.hash),
      path: t.text,
      limit: t.option(t.nat),
      after: t.option(t.text),
    }),
  ),
  WorkspaceDiffReceipt: sys(
    'WorkspaceDiffReceipt',
    t.record({
      workspace: t.text,
      from: t.hash,
      to: t.hash,
      changes: t.list(
        t.record({
          path: t.text,
          change: t.words('added', 'removed', 'changed'),
          before: t.option(t.hash),
          after: t.option(t.hash),
        }),
      ),
      next: t.option(t.text),
    }),
  ),
  WorkspaceCommitParams: sys(
    'WorkspaceCommitParams',
    t.record({
      workspace: t.text,
      root: t.hash,
      expected_head: t.option(t.nat),
      message: t.text,
    }),
  ),
  WorkspaceCommitReceipt: sys(
    'WorkspaceCommitReceipt',
    t.record({ workspace: t.text, version: t.nat, root: t.hash }),
  ),
} as const;
