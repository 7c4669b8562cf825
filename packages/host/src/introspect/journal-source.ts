/** The journal of a living world, as its own questions read it: what is durable, and no more. */
import type { DescribePorts, World } from '@aos/kernel';
import type { WorldStore } from '@aos/protocol';
import type { IndexedJournal } from '../control/journal-index.js';

export class JournalSource implements IndexedJournal {
  readonly isLiving = true;

  constructor(
    readonly store: WorldStore,
    /** Of the moment. */
    private readonly look: () => World,
  ) {}

  get world(): World {
    return this.look();
  }

  /** Sequence of the last record that is durable, -1 when there is none. */
  get head(): number {
    return this.store.durable;
  }

  async read<T>(look: (world: World) => T): Promise<T> {
    return look(this.look());
  }

  describing({ program }: Pick<World, 'program'>): DescribePorts {
    return { definition: program.definition, object: (hash) => this.store.object(hash) };
  }
}
