/** Workspaces: their states, and what is asked and answered about their trees. */
import type { TypeFields } from '../forms/type-expr.js';
import {
  bool,
  bytes,
  hash,
  list,
  map,
  nat,
  option,
  record,
  ref,
  text,
  time,
  variant,
  words,
} from './builders.js';

/** Which tree: a `root`, or null for the head of the moment. */
const place = { workspace: text, root: option(hash), path: text };

export const WORKSPACE_SCHEMAS: TypeFields = {
  'sys/WorkspaceName@1': text,
  /** One commit. `author` and `at` are as whoever committed says. */
  'sys/WorkspaceVersion@1': record({ tree: hash, author: text, message: text, at: time }),
  /** Versions count from 1; the oldest are forgotten. */
  'sys/WorkspaceState@1': record({ head: nat, versions: map(nat, ref('sys/WorkspaceVersion@1')) }),
  /** `expected_head` is null for a workspace that is not there yet. */
  'sys/WorkspaceCommit@1': record({
    workspace: text,
    expected_head: option(nat),
    tree: hash,
    author: text,
    message: text,
    at: time,
  }),
  /** Only ingress brings it: neither plans nor reducers raise it. */
  'sys/WorkspaceCommitted@1': ref('sys/WorkspaceCommit@1'),

  /** What a file holds: text, bytes, or a blob that is stored already. */
  'sys/WorkspaceContent@1': variant({ text, bytes, blob: hash }),
  'sys/WorkspaceResolveParams@1': record({ workspace: text, version: option(nat) }),
  /** Without a head the workspace is not there, and `root` is the empty tree. */
  'sys/WorkspaceResolveReceipt@1': record({
    workspace: text,
    head: option(nat),
    version: option(nat),
    root: hash,
    author: option(text),
    message: option(text),
    at: option(time),
  }),
  'sys/WorkspaceEmptyRootParams@1': record({ workspace: text }),
  'sys/WorkspaceEmptyRootReceipt@1': record({ workspace: text, root: hash }),
  /** `path` is a directory, `""` the whole tree; `after` is a path that a receipt had as `next`. */
  'sys/WorkspaceListParams@1': record({
    ...place,
    recursive: option(bool),
    limit: option(nat),
    after: option(text),
  }),
  /** Of a directory `hash` is its tree, of a file its content. */
  'sys/WorkspaceListReceipt@1': record({
    workspace: text,
    root: option(hash),
    entries: list(
      record({
        path: text,
        kind: words('file', 'directory'),
        hash: option(hash),
        size: option(nat),
        executable: bool,
      }),
    ),
    next: option(text),
  }),
  /** Some of a file: `from` is 0 and `size` as much as one receipt gives, when null. */
  'sys/WorkspaceReadParams@1': record({ ...place, from: option(nat), size: option(nat) }),
  /**
   * `text` is there when all of the file is, and is UTF-8; `bytes` for what else fits. A file that
   * does not fit, and was not asked for in part, is named by `blob` alone.
   */
  'sys/WorkspaceReadReceipt@1': record({
    workspace: text,
    root: option(hash),
    path: text,
    size: nat,
    executable: bool,
    blob: option(hash),
    text: option(text),
    bytes: option(bytes),
  }),
  /** Without `executable` a file stays as it is. */
  'sys/WorkspaceWriteParams@1': record({
    ...place,
    content: ref('sys/WorkspaceContent@1'),
    executable: option(bool),
  }),
  'sys/WorkspaceWriteReceipt@1': record({ workspace: text, root: hash, blob: hash, size: nat }),
  /** `path` is a file, or a directory with all that is in it. */
  'sys/WorkspaceRemoveParams@1': record(place),
  'sys/WorkspaceRemoveReceipt@1': record({ workspace: text, root: hash }),
  /** From one tree to another, below `path`; null is the head of the moment. */
  'sys/WorkspaceDiffParams@1': record({
    workspace: text,
    from: option(hash),
    to: option(hash),
    path: text,
    limit: option(nat),
    after: option(text),
  }),
  'sys/WorkspaceDiffReceipt@1': record({
    workspace: text,
    from: hash,
    to: hash,
    changes: list(
      record({
        path: text,
        change: words('added', 'removed', 'changed'),
        before: option(hash),
        after: option(hash),
      }),
    ),
    next: option(text),
  }),
  'sys/WorkspaceCommitParams@1': record({
    workspace: text,
    root: hash,
    expected_head: option(nat),
    message: text,
  }),
  'sys/WorkspaceCommitReceipt@1': record({ workspace: text, version: nat, root: hash }),
};
