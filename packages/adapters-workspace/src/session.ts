/** One call: the trees it reads, the roots it may name, and what it stores. */
import { concatBytes, type Hash, toHashText } from '@aos/canon';
import {
  AosFault,
  BLOB_PIECE_BYTES,
  type BlobPort,
  type EffectCall,
  type EffectContext,
  type StoredObject,
  type WorldPort,
} from '@aos/protocol';
import { type Heads, readHeads } from './heads.js';
import type { KnownRoots } from './known-roots.js';
import { Directories, type DirectoryCache, EMPTY_ROOT, refusal } from './tree/directory.js';
import type { Edited } from './tree/edit.js';

/** What calls of one world have in common. */
export interface Shared {
  readonly world: WorldPort;
  readonly cache: DirectoryCache;
  readonly known: KnownRoots;
}

export class Session {
  readonly trees: Directories;

  constructor(
    readonly call: EffectCall,
    readonly context: EffectContext,
    readonly shared: Shared,
  ) {
    this.trees = new Directories((hash) => this.#readTree(hash), shared.cache);
  }

  get world(): WorldPort {
    return this.shared.world;
  }

  get blobs(): BlobPort {
    return this.context.blobs;
  }

  heads(workspace: string): Promise<Heads> {
    return readHeads(this.world, workspace);
  }

  /**
   * The tree that is meant: that of the head, when none is named. Code: `workspace-root-unknown`
   * for one that is none of this workspace.
   */
  async rootOf(workspace: string, root: Hash | undefined): Promise<Hash> {
    const { head, versions } = await this.heads(workspace);
    if (root === undefined) return versions.get(head ?? 0)?.tree ?? EMPTY_ROOT;
    const text = toHashText(root);
    if (text === EMPTY_TEXT) return root;
    for (const { tree } of versions.values()) if (toHashText(tree) === text) return root;
    if (await this.shared.known.has(workspace, root)) return root;
    const detail = `the tree ${text} is no version of ${workspace}, nor was it derived for it`;
    throw refusal('workspace-root-unknown', detail);
  }

  /** Stores what is new in a tree, and lets it be named. */
  async keep(workspace: string, { root, objects }: Edited): Promise<Hash> {
    await Promise.all(objects.map((object) => this.#store(object)));
    this.shared.known.add(workspace, root);
    return root;
  }

  async putBlob(bytes: Uint8Array): Promise<Hash> {
    return orFail('workspace-not-stored', async () => {
      return (await this.blobs.put(once(bytes), bytes.length)).hash;
    });
  }

  /** Bytes of a blob that is there. Codes: `workspace-blob-missing`, `workspace-unreadable`. */
  async readBlob(hash: Hash, from: number, before: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    const stream = await orFail('workspace-unreadable', () =>
      this.blobs.get(hash, { from, before }),
    );
    if (stream === undefined) throw blobMissing(hash);
    await orFail('workspace-unreadable', async () => {
      for await (const chunk of stream) chunks.push(chunk);
    });
    return concatBytes(...chunks);
  }

  async blobSize(hash: Hash): Promise<number> {
    const size = await orFail('workspace-unreadable', () => this.blobs.size(hash));
    if (size === undefined) throw blobMissing(hash);
    return size;
  }

  async #readTree(hash: Hash): Promise<Uint8Array | undefined> {
    const size = await orFail('workspace-unreadable', () => this.blobs.size(hash));
    // trees are single objects, and nothing else is read whole
    if (size === undefined || size > BLOB_PIECE_BYTES) return undefined;
    return this.readBlob(hash, 0, size);
  }

  async #store({ hash, bytes }: StoredObject): Promise<void> {
    const stored = await this.putBlob(bytes);
    if (toHashText(stored) === toHashText(hash)) return;
    throw refusal('workspace-not-stored', `stored ${toHashText(hash)} as ${toHashText(stored)}`);
  }
}

const EMPTY_TEXT = toHashText(EMPTY_ROOT);

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function blobMissing(hash: Hash) {
  return refusal('workspace-blob-missing', `there is no blob ${toHashText(hash)} in this world`);
}

/** What stores fail at is told by its code; anything else is a defect. */
async function orFail<T>(
  code: 'workspace-not-stored' | 'workspace-unreadable',
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof AosFault) throw refusal(code, `${cause.code}: ${cause.message}`);
    throw cause;
  }
}
