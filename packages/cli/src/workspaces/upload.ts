/** From a tree that was made here to a version in the world: stored first, then committed. */
import {
  Directories,
  diffTrees,
  type Heads,
  type TreeChange,
  WORKSPACE_REDUCER,
} from '@aos/adapters-workspace';
import { encode, type Hash, toHashText, toHex } from '@aos/canon';
import type { AckShape, StoredObject } from '@aos/protocol';
import { ackOf } from '../access/signed-verbs.js';
import type { Asked } from '../access/with-access.js';
import { CliError } from '../output.js';
import { readAgain } from './folder-files.js';
import { readTree } from './world-trees.js';

/** Objects on their way at once: one flush then serves many. */
const AT_ONCE = 64;
const NS_PER_MS = 1_000_000n;

/** Trees of the world with those that were made here, which tells what is new of them. */
export class MixedTrees extends Directories {
  readonly #made: Map<string, StoredObject>;
  readonly #used: Map<string, StoredObject>;

  constructor(asked: Asked, objects: readonly StoredObject[]) {
    const made = new Map(objects.map((object) => [toHex(object.hash), object]));
    const used = new Map<string, StoredObject>();
    super(async (hash) => {
      const own = made.get(toHex(hash));
      if (own === undefined) return readTree(asked, hash);
      used.set(toHex(hash), own);
      return own.bytes;
    });
    this.#made = made;
    this.#used = used;
  }

  /** Those made here that were read: the world may lack them. */
  get used(): readonly StoredObject[] {
    return [...this.#used.values()];
  }

  add(objects: readonly StoredObject[]): void {
    for (const object of objects) this.#made.set(toHex(object.hash), object);
  }
}

export async function changesOf(
  trees: Directories,
  before: Hash,
  after: Hash,
): Promise<readonly TreeChange[]> {
  const pair = { before: directory(before), after: directory(after) };
  const changes: TreeChange[] = [];
  for await (const change of diffTrees(trees, pair)) changes.push(change);
  return changes;
}

const directory = (hash: Hash) => ({ kind: 'directory', name: '', hash }) as const;

/** Stores the blobs of changed files, then the directories. */
export async function store(
  asked: Asked,
  changes: readonly TreeChange[],
  made: { readonly places: ReadonlyMap<string, string>; readonly trees: readonly StoredObject[] },
): Promise<void> {
  const blobs = new Map<string, () => Uint8Array>();
  for (const { after } of changes) {
    const path = after && made.places.get(toHex(after.hash));
    if (after === undefined || path === undefined) continue;
    const text = toHashText(after.hash);
    blobs.set(text, () => readAgain(path, text));
  }
  for (const { hash, bytes } of made.trees) blobs.set(toHashText(hash), () => bytes);
  await putAll(asked, [...blobs]);
}

async function putAll(
  asked: Asked,
  blobs: readonly (readonly [hash: string, read: () => Uint8Array])[],
): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let blob = blobs[next++]; blob !== undefined; blob = blobs[next++]) {
      const [expected, read] = blob;
      const { hash } = await asked.call('blob.put', { bytes: read() });
      if (hash === expected) continue;
      const message = `the world stored ${expected} as ${hash}; this is a defect`;
      throw new CliError('workspace-not-stored', message);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

export interface Commit {
  readonly workspace: string;
  readonly expected: number | undefined;
  readonly root: Hash;
  readonly author: string;
  readonly message: string;
}

/** Commits what is stored. Codes: `workspace-head-stale`, and others of the reducer. */
export async function commit(asked: Asked, made: Commit): Promise<AckShape> {
  const { workspace, expected, root, author, message } = made;
  const cbor = encode({
    ...{ workspace, expected_head: expected ?? null, tree: toHashText(root) },
    ...{ author, message, at: BigInt(Date.now()) * NS_PER_MS },
  });
  const ack = ackOf(await asked.call('event.send', { schema: 'sys/WorkspaceCommitted@1', cbor }));
  const fault = ack.faults.find(({ reducer }) => reducer === WORKSPACE_REDUCER);
  if (fault === undefined) return ack;
  const said = `${WORKSPACE_REDUCER} refused the commit (record ${ack.seq})`;
  throw new CliError(fault.code, `${said}; nothing has changed`);
}

/** Somebody else has committed in between. */
export function assertHead(workspace: string, { head }: Heads, expected: number | undefined): void {
  if (head === expected) return;
  const [was, is] = [expected ?? 'none', head ?? 'none'];
  const message = `expected the head ${was} of ${workspace}, found ${is}; look at what is new`;
  throw new CliError('workspace-head-stale', message);
}
