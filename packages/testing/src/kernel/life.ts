/**
 * One world lived from genesis on: inputs as they come, objects that are not in memory, snapshots,
 * and crashes after which it goes on from less.
 *
 * 1. One seed decides everything, so a life can be lived again.
 * 2. A world whose memory is empty answers as one that has all of it.
 * 3. What is refused changes nothing.
 */
import type { WorldDefinition } from '@aos/air';
import { bytesEqual, type Hash, type Result, toHex } from '@aos/canon';
import type { AdmittedInput, RawInput, ReplayMode, SnapshotOpening, World } from '@aos/kernel';
import {
  CURRENT_RUNTIME,
  encodeGenesis,
  GENESIS_FORMAT,
  type JournalRecord,
  type RuntimeLimits,
} from '@aos/protocol';
import { History } from '../inputs/history.js';
import { GENESIS_KEYS, KEYS, Outside } from '../inputs/outside.js';
import { Coverage } from '../laws/coverage.js';
import {
  type GeneratedDefinition,
  generateDefinition,
  type PaletteOptions,
} from '../palette/palette.js';
import { Random } from '../random.js';
import type { KernelPort } from './kernel-port.js';
import { ObjectDisk, type ObjectMemory } from './object-disk.js';
import { ScriptEngine } from './script-engine.js';

/** A record with the world before it. */
export interface Lived {
  readonly before: World;
  readonly bytes: Uint8Array;
  readonly record: JournalRecord;
}

export interface Kept {
  /** Records that the snapshot holds. */
  readonly seq: number;
  readonly hash: Hash;
  readonly bytes: Uint8Array;
}

/** Definitions by their seed; the last one is kept, for the next life of it. */
export class Definitions {
  private last: { readonly seed: number; readonly generated: GeneratedDefinition } | undefined;

  of(seed: number, options: PaletteOptions): GeneratedDefinition {
    if (this.last?.seed !== seed) {
      this.last = { seed, generated: this.generate(seed, options) };
    }
    return this.last.generated;
  }

  /** The definition of a manifest in hexadecimal. */
  at(_manifest: string, { definition }: GeneratedDefinition): WorldDefinition {
    return definition;
  }

  protected generate(seed: number, options: PaletteOptions): GeneratedDefinition {
    return generateDefinition(seed, options);
  }
}

/** Making a definition takes as long as living it. */
const SEEDS_PER_DEFINITION = 3;

export interface LifeOptions extends PaletteOptions {
  /** Kept for all lives of the same options. */
  readonly definitions: Definitions;
  readonly inputs: number;
  readonly crashes: boolean;
}

/** Inputs after which a world that is only answered and woken should have come to rest. */
const MAX_ROUNDS_TO_REST = 2000;
const CRASH_CHANCE = 0.03;
const SNAPSHOT_CHANCE = 0.08;
const HASH_CHANCE = 0.2;
const FORGET_CHANCE = 0.15;
/** Few enough that nodes leave the cache of these small worlds. */
const CACHE_LEAVES = 8;

export class Life {
  readonly random: Random;
  readonly engine = new ScriptEngine();
  readonly disk = new ObjectDisk();
  /** What {@link generateDefinition} made the definition of. */
  readonly definitionSeed: number;
  readonly generated: GeneratedDefinition;
  readonly genesis: Uint8Array;
  readonly coverage = new Coverage();
  readonly lived: Lived[] = [];
  snapshots: Kept[] = [];
  world: World;
  readonly memory: ObjectMemory;
  /** The world that was looked at last when an input was refused. */
  private hashBefore: { readonly world: World; readonly hash: Hash } | undefined;
  protected readonly outside: Outside;
  protected readonly history: History;

  constructor(
    readonly kernel: KernelPort,
    seed: number,
    readonly options: LifeOptions,
  ) {
    this.random = new Random(seed);
    this.definitionSeed = Math.floor(seed / SEEDS_PER_DEFINITION);
    this.generated = options.definitions.of(this.definitionSeed, options);
    const limits = limitsOf(this.random);
    this.genesis = genesisOf(this.generated.definition, limits, this.random.bytes(16));
    this.memory = this.disk.memory(CACHE_LEAVES);
    this.world = this.begin(this.memory);
    this.outside = new Outside(this.generated.definition);
    const definitionOf = (manifest: string) => options.definitions.at(manifest, this.generated);
    this.history = new History(this.random, this.generated, this.outside, definitionOf);
  }

  run(): void {
    for (let i = 0; i < this.options.inputs; i++) {
      if (this.random.chance(FORGET_CHANCE)) this.memory.forget();
      if (this.random.chance(SNAPSHOT_CHANCE)) this.snapshot();
      if (this.random.chance(CRASH_CHANCE) && this.options.crashes) this.crash();
      this.submit(this.nextInput());
    }
  }

  protected nextInput(): RawInput {
    return this.history.next(this.world);
  }

  /** The world of genesis, on a memory. */
  begin(memory: ObjectMemory): World {
    const { engine } = this;
    const ports = { engine, source: memory.source };
    return must(this.kernel.createWorld(this.genesis, this.generated.definition, ports));
  }

  /** The world of a snapshot, on a memory. */
  reopen(kept: Kept, memory: ObjectMemory): World {
    const opened = memory.ask(() => this.open(kept.bytes, memory));
    if (opened.kind === 'opened') return opened.world;
    throw new Error(`the snapshot at ${kept.seq} does not open: ${opened.refusal.code}`);
  }

  /** What the kernel says to these bytes of a snapshot. */
  open(bytes: Uint8Array, memory: ObjectMemory): SnapshotOpening {
    const { engine, genesis, kernel } = this;
    const from = { genesis, definition: this.definitionOf(bytes) };
    return kernel.openSnapshot(bytes, from, { engine, source: memory.source });
  }

  /** The definition that a snapshot should be opened with. */
  protected definitionOf(_snapshot: Uint8Array): WorldDefinition {
    return this.generated.definition;
  }

  /**
   * Answers and wakes whatever waits, until nothing does; false when that cannot be, since nobody
   * may resume the world. Throws when it goes on and on.
   */
  bringToRest(): boolean {
    const { world } = this;
    const operator = world.keyring.find(({ name }) => name === KEYS.operator.name);
    if (world.mode !== 'running' && operator?.revokedAt !== null) return false;
    for (let round = 0; round < MAX_ROUNDS_TO_REST; round++) {
      const next = this.history.toRest(this.world);
      if (next === undefined) return true;
      this.submit(next.raw, next.atNs);
    }
    throw new Error(`the world does not come to rest within ${MAX_ROUNDS_TO_REST} inputs`);
  }

  snapshot(): void {
    const taken = this.memory.ask(() => this.kernel.takeSnapshot(this.world));
    this.disk.store(taken.objects);
    taken.markStored();
    this.snapshots.push({ seq: this.world.seq, hash: taken.hash, bytes: taken.bytes });
    this.coverage.count('life snapshot');
  }

  /** Steps one raw input if admission lets it in. */
  submit(raw: RawInput, atNs?: bigint): void {
    const { kernel, memory, world, engine } = this;
    const admission = memory.tryAsk(() => kernel.admit(world, raw, { engine }));
    if (admission === undefined) this.refuseMissing(raw);
    else if (admission.kind === 'admitted') this.step(admission.input, atNs);
    else if (admission.kind === 'refused') {
      this.coverage.count(`refusal ${admission.refusal.code}`);
      this.checkUnchanged(world);
    } else {
      this.coverage.count('life duplicate');
      this.checkDuplicate(raw, admission.seq);
    }
  }

  /** Only a patch, and what it names, may be missing. */
  private refuseMissing(raw: RawInput): void {
    if (raw.kind !== 'governance') throw new Error('an object is needed that is stored nowhere');
    this.coverage.count('refusal object-missing');
  }

  private step(input: AdmittedInput, atNs?: bigint): void {
    const { kernel, memory, world, engine } = this;
    const stamp = this.history.stamp(world, atNs);
    const done = memory.ask(() => kernel.step(world, input, stamp, { engine }));
    this.disk.store(done.objects);
    this.lived.push({ before: world, bytes: done.bytes, record: done.record });
    this.coverage.record(done.record);
    for (const output of done.outputs) this.coverage.count(`output ${output.kind}`);
    if (done.world.pending.length > 0) this.coverage.count('life pending');
    this.world = done.world;
    this.observe(done.record, world);
  }

  /** Takes in what a record says. */
  protected observe(record: JournalRecord, before: World): void {
    this.outside.observe(record, before.epoch);
  }

  /** The opposite of everything that was observed. */
  protected forget(): void {
    this.outside.reset();
  }

  /** A look at the hash now and then: it is what takes time here. */
  private checkUnchanged(world: World): void {
    const before = this.hashBefore;
    if (before?.world === world) {
      if (!bytesEqual(before.hash, this.kernel.hashWorld(world))) {
        throw new Error('a refused input has changed the world');
      }
    } else if (this.random.chance(HASH_CHANCE)) {
      this.hashBefore = { world, hash: this.kernel.hashWorld(world) };
    }
  }

  private checkDuplicate(raw: RawInput, seq: number): void {
    const input = this.lived[seq]?.record.input;
    const dedup = 'dedup' in raw ? raw.dedup : undefined;
    if (input?.kind === 'event' && input.dedup === dedup) return;
    throw new Error(`an event was called a duplicate of record ${seq}, which it is not`);
  }

  /** Loses the last records, or none, and goes on from genesis or from a snapshot. */
  private crash(): void {
    const { random, lived } = this;
    const kept = lived.length - random.below(Math.min(5, lived.length + 1));
    const expected = lived[kept]?.before ?? this.world;
    lived.length = kept;
    this.snapshots = this.snapshots.filter(({ seq }) => seq <= kept);
    this.memory.forget();
    const base = random.chance(0.3) ? undefined : random.pick([...this.snapshots, undefined]);
    const start = base === undefined ? this.begin(this.memory) : this.reopen(base, this.memory);
    this.world = this.replay(start, this.memory, 'trust');
    if (!bytesEqual(this.kernel.hashWorld(expected), this.kernel.hashWorld(this.world))) {
      throw new Error(`after a crash the world at ${kept} is another one than was lived`);
    }
    this.forget();
    for (const { before, record } of lived) this.observe(record, before);
    this.coverage.count(base === undefined ? 'life crash to genesis' : 'life crash to snapshot');
  }

  /** The world after the records that were lived up to `before`, from a world before them. */
  replay(start: World, memory: ObjectMemory, mode: ReplayMode, before?: number): World {
    const { kernel, engine, disk } = this;
    const ports = { engine, object: (hash: Hash) => disk.read(hash) };
    let world = start;
    for (const { bytes } of this.lived.slice(start.seq, before)) {
      const current = world;
      const verdict = memory.ask(() => kernel.replayRecord(current, bytes, ports, mode));
      if (verdict.kind === 'different') {
        const { seq, at, code, found, expected } = verdict.difference;
        const values = JSON.stringify({ expected, found }, readable);
        throw new Error(`${mode} from ${start.seq} differs at ${seq} ${at}: ${code} ${values}`);
      }
      world = verdict.world;
    }
    return world;
  }
}

/** Some worlds have bounds that are met soon. */
function limitsOf(random: Random): RuntimeLimits {
  const usual = { ...CURRENT_RUNTIME.limits, event_bytes: 60_000, receipt_bytes: 60_000 };
  const tight: Partial<RuntimeLimits> = {
    output_bytes: 200_000,
    events_per_call: 4,
    effects_per_call: 2,
    calls_per_step: 2 + random.below(4),
    emitted_bytes: 3000,
    pending_work: 3 + random.below(5),
    pending_bytes: 4000,
    dedup_window: 2,
    settled_window: 2,
    receipt_bytes: 300,
    plan_instances: 3,
    plan_fanout: 2,
  };
  return random.chance(0.5) ? usual : { ...usual, ...tight };
}

export function genesisOf(
  definition: WorldDefinition,
  limits: RuntimeLimits,
  nonce: Uint8Array,
): Uint8Array {
  return encodeGenesis({
    format: GENESIS_FORMAT,
    manifest: definition.manifestHash,
    runtime: { ...CURRENT_RUNTIME, limits },
    keyring: GENESIS_KEYS,
    createdNs: 1_700_000_000_000_000_000n,
    nonce,
  });
}

export function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const { code, at, detail } = result.refusal;
  throw new Error(`${code} at ${at}: ${detail}`);
}

const readable = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return `${value}`;
  return value instanceof Uint8Array ? toHex(value) : value;
};
