/**
 * `sys/Workspace@1`: heads and versions of workspaces, one cell for each name.
 *
 * 1. The key of the cell is the name of the workspace (`workspace-name-mismatch`), which is one
 *    that mounts cannot have (`workspace-name-invalid`).
 * 2. A commit says which head it was made from; any other head refuses it (`workspace-head-stale`),
 *    and nothing has changed.
 * 3. Versions count from 1 without a gap. The latest {@link KEPT_VERSIONS} are kept.
 */
import { bytesEqual, encode, utf8, type Value } from '@aos/canon';
import { fieldsOf, type NativeAnswer, type NativeCall } from './native-reducer.js';

/** Versions that a state holds; with the longest texts it is some 400 KB. */
const KEPT_VERSIONS = 256;
const MAX_AUTHOR_BYTES = 256;
const MAX_MESSAGE_BYTES = 1024;
/** Lower-case words, so that no two names look alike, and none is a path. */
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

export function workspace({ state, event, key }: NativeCall): NativeAnswer | string {
  const commit = fieldsOf(event);
  const name = commit.get('workspace') ?? null;
  if (key === undefined || !bytesEqual(key, encode(name))) return 'workspace-name-mismatch';
  if (!NAME.test(String(name))) return 'workspace-name-invalid';
  const author = String(commit.get('author'));
  const message = String(commit.get('message'));
  if (sizeOf(author) > MAX_AUTHOR_BYTES || sizeOf(message) > MAX_MESSAGE_BYTES) {
    return 'workspace-text-too-long';
  }
  const before = state === null ? undefined : fieldsOf(state);
  const head = natOf(before?.get('head'));
  if (natOf(commit.get('expected_head')) !== head) return 'workspace-head-stale';
  const next = (head ?? 0n) + 1n;
  const versions = new Map(before === undefined ? [] : fieldsOf(before.get('versions')));
  const tree = commit.get('tree') ?? null;
  versions.set(next, { tree, author, message, at: commit.get('at') ?? null } as never);
  if (versions.size > KEPT_VERSIONS) dropOldest(versions);
  return { state: { head: next, versions } };
}

const sizeOf = (text: string): number => utf8(text).length;

/** Keys are in ascending order, as canonical maps have them. */
function dropOldest(versions: Map<Value, Value>): void {
  const [oldest] = versions.keys();
  if (oldest !== undefined) versions.delete(oldest);
}

/** Naturals are numbers as far as these are exact. */
function natOf(value: Value | undefined): bigint | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) : undefined;
}
