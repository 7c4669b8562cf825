/**
 * The growth drill: a store that grows, is cleared and pruned, on a disk that is cut anywhere.
 *
 * Q1 Every acknowledged record that no pruning was asked to drop is there, byte for byte.
 * Q2 Everything that a kept record or a kept snapshot reaches is there. What they reach is known
 *    from how it was made: no byte is read for it.
 * Q3 A pruning that was acknowledged has happened; one that was cut has happened or not.
 * Q4 The world opens for reading and for writing, with every frame verified.
 */
import { bytesEqual, type Encodable, encode, type Hash } from '@aos/canon';
import {
  AosFault,
  chainOf,
  Frontier,
  type SnapshotMark,
  type StoreGrowth,
  type WorldStore,
} from '@aos/protocol';
import { createWorldStore, openWorldStore, type StoreOptions } from '@aos/store';
import { type GraphNode, GrowthGraph } from './growth-graph.js';
import { Random } from './random.js';
import { SimDisk } from './sim-disk.js';

const DIRECTORY = '/worlds/drill';
const LIVES = 3;
const STEPS = 24;
const SNAPSHOT_CHANCE = 0.2;
const COLLECT_CHANCE = 0.12;
const PRUNE_CHANCE = 0.08;
const KILL_CHANCE = 0.3;
const OPERATIONS = 160;

export interface GrowthDrillOptions {
  readonly firstSeed?: number;
  readonly seeds: number;
  /** The canary: snapshots are not named to what clears away, and yet expected to be kept. */
  readonly forgetSnapshots?: boolean;
}

export interface GrowthDrillReport {
  readonly cuts: number;
  /** Objects that had to be there after a cut, summed. */
  readonly reached: number;
  /** Clearings and prunings that ended. */
  readonly collected: number;
  readonly pruned: number;
  readonly problems: readonly string[];
}

export async function runGrowthCutPoints(options: GrowthDrillOptions): Promise<GrowthDrillReport> {
  const { firstSeed = 1, seeds } = options;
  const total = { cuts: 0, reached: 0, collected: 0, pruned: 0, problems: [] as string[] };
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const ordeal = new GrowthOrdeal(seed, options.forgetSnapshots ?? false);
    await ordeal.run();
    total.cuts += ordeal.cuts;
    total.reached += ordeal.reached;
    total.collected += ordeal.collected;
    total.pruned += ordeal.pruned;
    total.problems.push(...ordeal.problems.map((text) => `seed ${seed}: ${text}`));
  }
  return total;
}

interface GivenRecord {
  readonly bytes: Uint8Array;
  readonly names: readonly GraphNode[];
}

interface GivenSnapshot {
  readonly mark: SnapshotMark;
  readonly node: GraphNode;
}

class GrowthOrdeal {
  cuts = 0;
  reached = 0;
  collected = 0;
  pruned = 0;
  readonly problems: string[] = [];
  private readonly random: Random;
  private readonly graph: GrowthGraph;
  private readonly options: StoreOptions;
  private readonly manifest: GraphNode;
  private readonly genesis: Uint8Array;
  private records: GivenRecord[] = [];
  private acknowledged = 0;
  /** Acknowledged snapshots that nothing was allowed to drop. */
  private snapshots: GivenSnapshot[] = [];
  /** The journal begins here at the earliest, and at the latest. */
  private first = { least: 0, most: 0 };
  private isCreated = false;

  constructor(
    seed: number,
    private readonly forgetSnapshots: boolean,
  ) {
    this.random = new Random(seed);
    this.graph = new GrowthGraph(this.random);
    this.manifest = this.graph.grow();
    this.genesis = encode({ manifest: this.manifest.hash });
    this.options = {
      segmentBytes: this.random.pick([700, 1500, 4000]),
      preallocateBytes: this.random.pick([0, 512]),
      copyBytes: this.random.pick([0, 2 ** 20]),
      salt: this.random.bytes(16),
    };
  }

  async run(): Promise<void> {
    let disk = new SimDisk(this.random.next());
    for (let life = 0; life < LIVES && this.problems.length === 0; life++) {
      disk.crashAt(this.random.below(OPERATIONS));
      await Promise.race([disk.crashed, this.live(disk)]);
      this.cuts++;
      disk = this.random.chance(KILL_CHANCE) ? disk.kill() : disk.crash();
      await this.inspect(disk);
    }
  }

  private async live(disk: SimDisk): Promise<void> {
    try {
      const store = await this.begin(disk);
      for (let step = 0; step < STEPS; step++) {
        if (this.random.chance(COLLECT_CHANCE)) await this.collect(store);
        else if (this.random.chance(PRUNE_CHANCE)) await this.prune(store);
        else if (this.random.chance(SNAPSHOT_CHANCE)) await this.snapshot(store);
        else await this.append(store);
      }
      await store.close();
    } catch (error) {
      if (!disk.isCrashed) this.problems.push(`a life ended with ${error}`);
    }
  }

  private async begin(disk: SimDisk): Promise<WorldStore> {
    const options = { ...this.options, fs: disk.fs };
    if (this.isCreated) return openWorldStore(DIRECTORY, options);
    const store = await createWorldStore(DIRECTORY, this.genesis, [this.manifest], options);
    this.isCreated = true;
    return store;
  }

  private async append(store: WorldStore): Promise<void> {
    // what was cleared away is given again by whoever names it
    const named = [...GrowthGraph.reach([this.graph.grow(), ...this.graph.some()])];
    const names = named.slice(0, 2);
    const written = names.map(({ hash }) => this.graph.written(hash));
    const bytes = encode({ seq: this.records.length, names: written } as Encodable);
    this.records.push({ bytes, names });
    const count = this.records.length;
    const objects = this.random.chance(0.3) ? [...named, this.graph.grow()] : named;
    await store.append({ records: [bytes], objects });
    this.acknowledged = Math.max(this.acknowledged, count);
  }

  private async snapshot(store: WorldStore): Promise<void> {
    const node = this.graph.grow();
    const objects = [...GrowthGraph.reach([node])];
    const mark: SnapshotMark = { kind: 'snapshot', seq: store.head, hash: node.hash };
    // from the call on it may have taken the place of an earlier one
    this.snapshots = this.snapshots.filter((each) => each.mark.seq !== mark.seq);
    await store.append({ records: [], objects, marks: [mark] });
    this.snapshots.push({ mark, node });
  }

  private async collect(store: WorldStore): Promise<void> {
    // from the call on, the others may be gone
    if (this.random.chance(0.5)) this.snapshots = this.snapshots.slice(-2);
    const snapshots = this.forgetSnapshots ? [] : this.snapshots.map(({ mark }) => mark);
    const beforeSeq = store.head - this.random.below(3);
    await growthOf(store).collect({ snapshots, beforeSeq, isDryRun: false });
    this.collected++;
  }

  private async prune(store: WorldStore): Promise<void> {
    const durable = this.snapshots.filter(({ mark }) => mark.seq >= store.first);
    if (durable.length === 0) return;
    const { mark } = this.random.pick(durable);
    const plan = growthOf(store).planPrune(mark);
    if (plan.segments === 0) return;
    this.first.most = Math.max(this.first.most, plan.first);
    this.snapshots = this.snapshots.filter((each) => each.mark.seq >= mark.seq);
    const frontierOf = async (size: number) => this.frontier(size);
    const isArchived = this.random.chance(0.2);
    await growthOf(store).prune({ snapshot: mark, frontierOf, isArchived });
    this.first.least = plan.first;
    this.pruned++;
  }

  private frontier(size: number): readonly Hash[] {
    const frontier = new Frontier();
    for (const { bytes } of this.records.slice(0, size)) frontier.append(chainOf(bytes));
    return frontier.nodes;
  }

  private async inspect(disk: SimDisk): Promise<void> {
    try {
      for (const mode of ['read', 'write', 'read'] as const) {
        const check = mode === 'read' ? 'all' : 'last';
        const store = await openWorldStore(DIRECTORY, {
          ...{ ...this.options, fs: disk.fs, mode, check },
        });
        this.isCreated = true;
        this.check(store);
        if (mode === 'write') this.adopt(store);
        await store.close();
      }
    } catch (error) {
      if (!(error instanceof AosFault)) throw error;
      if (this.isCreated || error.code !== 'world-not-found') this.problems.push(error.message);
    }
  }

  /** Q1 to Q3. */
  private check(store: WorldStore): void {
    const { first, head, pruned } = store;
    const { least, most } = this.first;
    if (first < least || first > most) this.problems.push(`the journal begins at ${first}`);
    if (head + 1 < this.acknowledged) this.problems.push(`${head + 1} of ${this.acknowledged}`);
    if (!bytesEqual(store.genesis, this.genesis)) this.problems.push('another genesis');
    let seq = first;
    const roots: GraphNode[] = [this.manifest];
    for (const bytes of store.records(first)) {
      const given = this.records[seq++];
      if (given === undefined || !bytesEqual(given.bytes, bytes)) {
        this.problems.push(`record ${seq - 1} differs`);
      }
      roots.push(...(given?.names ?? []));
    }
    const marks = new Map(store.snapshots.map((mark) => [mark.seq, mark]));
    for (const { mark, node } of this.snapshots) {
      const found = marks.get(mark.seq);
      const isThere = found !== undefined && bytesEqual(found.hash, node.hash);
      if (!isThere) this.problems.push(`the snapshot after record ${mark.seq} is gone`);
      roots.push(node);
    }
    if (pruned !== undefined && store.snapshot === undefined) this.problems.push('no snapshot');
    const reached = GrowthGraph.reach(roots);
    for (const { hash, bytes } of reached) {
      const found = store.object(hash);
      if (!found || !bytesEqual(found, bytes)) this.problems.push('an object is gone');
    }
    this.reached += reached.size;
  }

  private adopt(store: WorldStore): void {
    this.records = this.records.slice(0, store.head + 1);
    this.acknowledged = this.records.length;
    this.snapshots = this.snapshots.filter(({ mark }) => mark.seq <= store.head);
    this.first = { least: store.first, most: store.first };
  }
}

function growthOf(store: WorldStore): StoreGrowth {
  return store.growth as StoreGrowth;
}
