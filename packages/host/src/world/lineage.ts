/**
 * The geneses of a world and of those it is a fork of, and where one goes on as the next.
 *
 * A record belongs to the world that has written it: up to a border under the parent's identity,
 * behind it under the fork's.
 */
import { ok, type Result } from '@aos/canon';
import { crossBorder, isAtBorder, type World } from '@aos/kernel';
import { AosFault, decodeGenesis, type Genesis, type WorldStore } from '@aos/protocol';

interface Ancestor {
  readonly bytes: Uint8Array;
  readonly genesis: Genesis;
}

export class Lineage {
  private constructor(
    private readonly first: Ancestor,
    private readonly forks: readonly Ancestor[],
  ) {}

  /** Throws AosFault with the code of a genesis that is none, or `fork-parent`. */
  static of(store: Pick<WorldStore, 'genesis' | 'lineage' | 'pruned'>): Lineage {
    const [first, ...forks] = [...store.lineage, store.genesis].map(readGenesis);
    const isRow = forks.every(({ genesis }) => genesis.parent !== undefined);
    // what was pruned may take along the worlds before
    const isWhole = first?.genesis.parent === undefined || store.pruned !== undefined;
    if (first !== undefined && isRow && isWhole) return new Lineage(first, forks);
    const message = 'the worlds that this one is a fork of are not in it; restore a copy';
    throw new AosFault('fork-parent', message, { retry: 'never' });
  }

  /** Of the world that the first record belongs to. */
  get root(): Genesis {
    return this.first.genesis;
  }

  get rootBytes(): Uint8Array {
    return this.first.bytes;
  }

  /** Sequences of the last records before each border. */
  get borders(): readonly number[] {
    return this.forks.map(borderOf);
  }

  /** The genesis of the world that record `seq` belongs to; −1 is the first world. */
  genesisOf(seq: number): Uint8Array {
    const own = this.forks.findLast((fork) => borderOf(fork) < seq);
    return (own ?? this.first).bytes;
  }

  /**
   * The world as the next record finds it: behind a border it is the fork's. Codes: those of
   * {@link crossBorder}.
   */
  cross(world: World): Result<World> {
    const fork = this.forks.find((each) => borderOf(each) === world.seq - 1);
    if (fork === undefined || isAtBorder(world)) return ok(world);
    return crossBorder(world, fork.bytes);
  }
}

function borderOf({ genesis }: Ancestor): number {
  return genesis.parent?.seq ?? -1;
}

function readGenesis(bytes: Uint8Array): Ancestor {
  const decoded = decodeGenesis(bytes);
  if (decoded.ok) return { bytes, genesis: decoded.value };
  const { code, detail } = decoded.refusal;
  throw new AosFault(code, detail, { retry: 'never' });
}
