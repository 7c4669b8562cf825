/**
 * The crash matrix of applying: a world changes its definition on a simulated disk that is cut at
 * every operation on the way from the patch to the first event after it, one by one.
 *
 * M1 After a cut the world is wholly under the old definition or wholly under the new one; under
 *    the new one if applying was acknowledged.
 * M2 What was acknowledged is there, and all records replay to the world that opens.
 * M3 It goes on: the way is taken up where it was left, and ends in the new definition.
 * M4 The cell that the events go to is there, and of the type of the new definition by then.
 */
import { bytesEqual, type Hash, sha256, toHex, utf8 } from '@aos/canon';
import {
  type HostEngine,
  loadWorld,
  openWorld,
  openWorldHost,
  type Signer,
  signVerb,
  type WorldHost,
} from '@aos/host';
import { hashWorld, listCells, type RawEvent, replayRecord, type World } from '@aos/kernel';
import {
  AosFault,
  callLimitsOf,
  type StoredObject,
  type Verb,
  type WorldStore,
} from '@aos/protocol';
import { createWorldStore, openWorldStore, type StoreOptions } from '@aos/store';
import { DrillTime } from '../drill-time.js';
import { Random } from '../random.js';
import { SimDisk } from '../sim-disk.js';
import { manifestOf } from './motions.js';

const DIRECTORY = '/worlds/governed';

/** More than the whole way takes. */
const MAX_OPERATIONS = 2000;

export interface ApplyCutSubject {
  readonly genesis: Uint8Array;
  readonly objects: readonly StoredObject[];
  newEngine(): HostEngine;
  /** An operator, who may do everything but what the rules of the world leave to others. */
  readonly operator: Signer;
  /** Who approves, where that is somebody else. */
  readonly approver?: Signer;
  /** It goes to the one cell of the world. */
  readonly event: RawEvent;
  readonly patch: StoredObject;
  /** Code that the patch brings. */
  readonly code?: readonly StoredObject[];
  /** The manifest that the patch leads to. */
  readonly manifest: Hash;
}

export interface ApplyCutReport {
  readonly cuts: number;
  /** Cuts after which the world was under the new definition. */
  readonly changed: number;
  readonly problems: readonly string[];
}

export interface ApplyCutOptions {
  readonly lieAboutFlush?: boolean;
  /** Of so many operations one is cut; 1 unless told. */
  readonly stride?: number;
}

/** Every operation is cut once, with what was not flushed lost in part, and once with it kept. */
export async function runApplyCuts(
  subject: ApplyCutSubject,
  options: ApplyCutOptions = {},
): Promise<ApplyCutReport> {
  const { lieAboutFlush = false, stride = 1 } = options;
  const problems: string[] = [];
  let cuts = 0;
  let changed = 0;
  for (const [start, isKill] of [false, true].entries()) {
    for (let at = start; at < MAX_OPERATIONS && problems.length < 5; at += stride) {
      const ordeal = new ApplyOrdeal(subject, at);
      const disk = new SimDisk(at, { lieAboutFlush });
      const isThrough = await ordeal.live(disk, at);
      if (isThrough) break;
      cuts++;
      const end = await ordeal.inspect(isKill ? disk.kill() : disk.crash());
      if (end === 'changed') changed++;
      problems.push(...ordeal.problems.map((text) => `cut at operation ${at}: ${text}`));
    }
  }
  return { cuts, changed, problems };
}

class ApplyOrdeal {
  readonly problems: string[] = [];
  private readonly random: Random;
  private readonly storeOptions: StoreOptions;
  private readonly chains: Hash[] = [];
  private isCreated = false;
  private isApplied = false;

  constructor(
    private readonly subject: ApplyCutSubject,
    seed: number,
  ) {
    this.random = new Random(seed);
    this.storeOptions = { segmentBytes: 4000, preallocateBytes: 0, salt: this.random.bytes(16) };
  }

  /** True when everything was through before the cut. */
  async live(disk: SimDisk, at: number): Promise<boolean> {
    disk.crashAt(at);
    const way = this.walk(disk).catch((error: unknown) => {
      if (!disk.isCrashed && !(error instanceof AosFault)) throw error;
    });
    await Promise.race([disk.crashed, way]);
    return !disk.isCrashed;
  }

  private async walk(disk: SimDisk): Promise<void> {
    const options = { ...this.storeOptions, fs: disk.fs };
    const { genesis, objects } = this.subject;
    const store = await createWorldStore(DIRECTORY, genesis, objects, options);
    this.isCreated = true;
    const host = this.open(store);
    await this.goOn(host);
    await host.close();
  }

  /** From wherever the world is on the way to the end of it. */
  private async goOn(host: WorldHost): Promise<void> {
    const { subject } = this;
    await this.submit(host, subject.event);
    const isThere = await host.read((world) => bytesEqual(manifestOf(world), subject.manifest));
    if (!isThere) await this.change(host);
    await this.submit(host, subject.event);
  }

  private async change(host: WorldHost): Promise<void> {
    const { patch } = this.subject;
    const known = await host.read(({ governance }) => [...governance.proposals.range()].at(-1));
    const base = known?.base ?? (await host.read(manifestOf));
    const ref = { proposal: known?.id ?? 0, base, patchHash: patch.hash };
    const report = { hash: sha256(utf8('report')), bytes: utf8('report') };
    const shadowHash = report.hash;
    if (known === undefined) {
      for (const object of [...(this.subject.code ?? []), patch]) await host.storeObject(object);
      await this.say(host, { verb: 'propose', base, patchHash: patch.hash, description: '' });
    }
    if (known === undefined || known.state === 'proposed') {
      await host.storeObject(report);
      const atSeq = await host.read(({ seq }) => seq - 1);
      await this.say(host, { verb: 'shadowed', ...ref, shadowHash, atSeq });
    }
    if (known?.state !== 'approved')
      await this.say(host, { verb: 'approve', ...ref, shadowHash }, this.subject.approver);
    await this.say(host, { verb: 'apply', proposal: ref.proposal });
    this.isApplied = true;
  }

  private async say(
    host: WorldHost,
    verb: Verb,
    signer: Signer = this.subject.operator,
  ): Promise<void> {
    const signed = await host.read((world) =>
      signVerb(signer, { ...world, nonce: this.random.bytes(16) }, verb),
    );
    await this.submit(host, signed);
  }

  private async submit(host: WorldHost, input: Parameters<WorldHost['submit']>[0]): Promise<void> {
    const answer = await host.submit(input);
    if (!answer.ok) throw new Error(`refused: ${answer.refusal.code} ${answer.refusal.detail}`);
    this.chains[answer.value.seq] = answer.value.chain;
  }

  private open(store: WorldStore): WorldHost {
    const { random, subject } = this;
    const time = new DrillTime();
    return openWorldHost({
      store,
      engine: subject.newEngine(),
      clock: time,
      fillEntropy: (bytes) => bytes.set(random.bytes(bytes.length)),
      snapshotRecords: random.pick([2, 3, 1000]),
      cryptoThreads: 'none',
    });
  }

  async inspect(disk: SimDisk): Promise<'kept' | 'changed' | 'none'> {
    const options = { ...this.storeOptions, fs: disk.fs };
    try {
      const store = await openWorldStore(DIRECTORY, options);
      const end = this.checkWorld(store);
      const host = this.open(store);
      await this.goOn(host);
      const last = await host.read((world) => world);
      if (!bytesEqual(manifestOf(last), this.subject.manifest))
        this.problems.push('it does not get there');
      this.checkTypes(last);
      await host.close();
      const again = await openWorldStore(DIRECTORY, options);
      this.checkWorld(again);
      await again.close();
      return end;
    } catch (error) {
      const code = error instanceof AosFault ? error.code : String(error);
      if (this.isCreated || code !== 'world-not-found') this.problems.push(code);
      return 'none';
    }
  }

  /** M4. */
  private checkTypes({ program, cells }: World): void {
    for (const { index, stateSchema, definition } of program.reducers) {
      const table = cells[index];
      const [cell] = table === undefined ? [] : listCells(table, { limit: 1 });
      if (cell === undefined) this.problems.push(`${definition.name} has no cell`);
      else if (!bytesEqual(cell.schema, stateSchema))
        this.problems.push(`the cell of ${definition.name} is still of another type`);
    }
  }

  /** M1 and M2. */
  private checkWorld(store: WorldStore): 'kept' | 'changed' {
    const { subject } = this;
    const engine = subject.newEngine();
    const ports = { engine, object: (hash: Hash) => store.object(hash) };
    let world: World = loadWorld(store, engine);
    const first = manifestOf(world);
    for (const bytes of store.records(0)) {
      const verdict = replayed(world, bytes, { ...ports, engine });
      if (verdict.kind !== 'same') throw new Error(`record ${world.seq} does not replay`);
      world = verdict.world;
      const chain = this.chains[world.seq - 1];
      if (chain !== undefined && !bytesEqual(chain, world.chain))
        this.problems.push(`record ${world.seq - 1} is not the one acknowledged`);
    }
    if (this.chains.length > world.seq) this.problems.push('an acknowledged record is gone');
    const opened = openWorld(store, subject.newEngine()).world;
    if (!bytesEqual(hashWorld(opened), hashWorld(world)))
      this.problems.push('the world that opens is not the one of the records');
    const isNew = bytesEqual(manifestOf(world), subject.manifest);
    if (!isNew && !bytesEqual(manifestOf(world), first))
      this.problems.push(`it is under ${toHex(manifestOf(world))}`);
    if (!isNew && this.isApplied) this.problems.push('what was applied is not in force');
    return isNew ? 'changed' : 'kept';
  }
}

interface ReplayPorts {
  readonly engine: HostEngine;
  object(hash: Hash): Uint8Array | undefined;
}

/** Replays a record; code that it asks for is loaded once. */
function replayed(world: World, bytes: Uint8Array, ports: ReplayPorts) {
  const verdict = replayRecord(world, bytes, ports);
  if (verdict.kind !== 'need') return verdict;
  const limits = callLimitsOf(world.runtime.limits);
  for (const { hash, entry } of verdict.modules) {
    ports.engine.load(ports.object(hash) ?? new Uint8Array(0), entry, { limits });
  }
  return replayRecord(world, bytes, ports);
}
