/**
 * Definitions that worlds of one process share: reading and checking one takes some milliseconds,
 * and as much memory each time.
 *
 * 1. A world gets no definition that it could not read itself: all its nodes are looked for in its
 *    own store, which checks them.
 * 2. The number that is kept is bounded; the ones that were asked for last stay.
 */
import { openDefinition, type WorldDefinition } from '@aos/air';
import { type Hash, type Result, toHex } from '@aos/canon';
import type { ObjectReader } from '@aos/protocol';

interface Shared {
  readonly definition: WorldDefinition;
  readonly nodes: readonly Hash[];
}

const DEFAULT_KEPT = 64;

export class SharedDefinitions {
  readonly #kept = new Map<string, Shared>();

  constructor(private readonly most = DEFAULT_KEPT) {}

  /** As `openDefinition` does. */
  open(manifest: Hash, read: ObjectReader): Result<WorldDefinition> {
    const name = toHex(manifest);
    const known = this.#kept.get(name);
    if (known?.nodes.every((hash) => read(hash) !== undefined)) {
      this.#keep(name, known);
      return { ok: true, value: known.definition };
    }
    const nodes: Hash[] = [];
    const opened = openDefinition(manifest, (hash) => {
      nodes.push(hash);
      return read(hash);
    });
    if (opened.ok) this.#keep(name, { definition: opened.value, nodes });
    return opened;
  }

  #keep(name: string, shared: Shared): void {
    this.#kept.delete(name);
    this.#kept.set(name, shared);
    if (this.#kept.size <= this.most) return;
    const [oldest] = this.#kept.keys();
    this.#kept.delete(oldest as string);
  }
}
