/**
 * The roots that effects on a workspace may name (spec W9): trees of its versions, the empty tree,
 * and what this adapter has derived for it. The hash of any other tree opens nothing.
 *
 * 1. What was derived stands in receipts that the adapter gave, which are in the journal: whatever
 *    is forgotten here, over openings too, is found there again as far as one looks back.
 */
import { decodePlain, type Hash, toHashText } from '@aos/canon';
import type { WorldPort } from '@aos/protocol';

/** Pairs of a workspace and a root in memory. */
const MAX_KNOWN = 65_536;
/** Records looked through, once, for what was derived before. */
const LOOK_BACK = 65_536;

export const ADAPTER_ID = 'workspace';

export class KnownRoots {
  readonly #known = new Set<string>();
  #read: Promise<void> | undefined;

  constructor(private readonly world: WorldPort) {}

  add(workspace: string, root: Hash): void {
    this.#add(keyOf(workspace, toHashText(root)));
  }

  async has(workspace: string, root: Hash): Promise<boolean> {
    const key = keyOf(workspace, toHashText(root));
    if (this.#known.has(key)) return true;
    this.#read ??= this.#lookBack();
    await this.#read;
    return this.#known.has(key);
  }

  async #lookBack(): Promise<void> {
    try {
      for await (const payload of this.world.receipts(ADAPTER_ID, LOOK_BACK)) {
        const receipt = decodePlain(payload);
        const fields = receipt.ok && receipt.value instanceof Map ? receipt.value : new Map();
        const [workspace, root] = [fields.get('workspace'), fields.get('root')];
        if (typeof workspace !== 'string' || typeof root !== 'string') continue;
        this.#add(keyOf(workspace, root));
      }
    } catch (cause) {
      this.#read = undefined;
      throw cause;
    }
  }

  #add(key: string): void {
    this.#known.delete(key);
    this.#known.add(key);
    const [oldest] = this.#known;
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }
}

const keyOf = (workspace: string, root: string) => `${workspace} ${root}`;
