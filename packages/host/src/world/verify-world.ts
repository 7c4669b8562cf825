/** Verification: what anyone holding a world's files can do without trusting who wrote them. */
import { bytesEqual, type Hash, type Refusal } from '@aos/canon';
import {
  checkSnapshot,
  type Difference,
  type Explanation,
  explainDifference,
  hashWorld,
  NodeCache,
  readSnapshotHead,
  type World,
} from '@aos/kernel';
import type { SnapshotMark, WorldStore } from '@aos/protocol';
import { SignatureVerifier } from '../keys/signatures.js';
import type { HostEngine } from './host-engine.js';
import { loadParts, type WorldParts, worldAtGenesis } from './load-world.js';
import { findStart, judgePorts, judgeRecord } from './open-world.js';

export interface VerifyOptions {
  /** `snapshot` takes the last one on trust and judges only the records after it. */
  readonly from?: 'genesis' | 'snapshot';
  /** Told how many records are judged, of how many. */
  readonly onRecord?: (records: number, of: number) => void;
}

/** What verifying came to; with a difference and its explanation when a record is not the same. */
export interface VerifyReport {
  /** Every record is the same, and the snapshot is whole and not another world's. */
  readonly ok: boolean;
  readonly worldId: Hash;
  /** Where judging began. */
  readonly from: SnapshotMark | 'genesis';
  /** Why it did not begin at the snapshot. */
  readonly passedOver?: Refusal;
  /** Sequence up to which everything is the same. */
  readonly records: number;
  /** Chain value of the record before. */
  readonly chain: Hash;
  /** Hash of the world there. */
  readonly worldHash: Hash;
  /**
   * The last snapshot against the world replayed to its place; `unseen` when that is behind,
   * `incomplete` when it is the same and a part of it is not stored.
   */
  readonly snapshot: 'absent' | 'different' | 'incomplete' | 'same' | 'trusted' | 'unseen';
  readonly difference?: Difference;
  readonly explanation?: Explanation;
}

/**
 * Replays a world and judges every record: what it says, that admission would have let its input
 * in, and that its signature holds. Reads only. Throws AosFault: `object-missing` and what loading
 * a world throws.
 */
export function verifyWorld(
  store: WorldStore,
  engine: HostEngine,
  options: VerifyOptions = {},
): VerifyReport {
  const parts = loadParts(store, engine);
  const { start, from, passedOver } =
    options.from === 'snapshot' ? findStart(parts) : fromGenesis(parts);
  const judging = new Judging(parts, start, options.onRecord);
  judging.run();
  const { world } = judging;
  const snapshot = from === 'genesis' ? judging.snapshot : 'trusted';
  const isSound = snapshot !== 'different' && snapshot !== 'incomplete';
  return {
    ok: judging.difference === undefined && isSound,
    worldId: world.worldId,
    from,
    records: world.seq,
    chain: world.chain,
    worldHash: hashWorld(world),
    snapshot,
    ...(passedOver === undefined ? {} : { passedOver }),
    ...(judging.difference ?? {}),
  };
}

function fromGenesis(parts: WorldParts): ReturnType<typeof findStart> {
  return { start: worldAtGenesis(parts), from: 'genesis' };
}

class Judging {
  snapshot: VerifyReport['snapshot'];
  difference: { readonly difference: Difference; readonly explanation: Explanation } | undefined;
  readonly #verifier = new SignatureVerifier();

  constructor(
    private readonly parts: WorldParts,
    public world: World,
    private readonly told: VerifyOptions['onRecord'],
  ) {
    this.snapshot = parts.store.snapshot === undefined ? 'absent' : 'unseen';
    this.lookAtSnapshot();
  }

  run(): void {
    const { store, lineage } = this.parts;
    const ports = { ...judgePorts(this.parts), checkSignature: this.#verifier.check };
    for (const bytes of store.records(this.world.seq)) {
      const verdict = judgeRecord(this.world, bytes, ports, 'verify');
      if (verdict.kind === 'different') {
        const { difference } = verdict;
        const record = (seq: number) => first(store.records(seq));
        const explained = { ...ports, record };
        const crossed = lineage.cross(this.world);
        const world = crossed.ok ? crossed.value : this.world;
        const explanation = explainDifference(world, bytes, difference, explained);
        this.difference = { difference, explanation };
        return;
      }
      this.world = verdict.world;
      this.told?.(this.world.seq, store.head + 1);
      this.lookAtSnapshot();
    }
  }

  /** A mark names the hash of the world at its place; here we are, and know it ourselves. */
  private lookAtSnapshot(): void {
    const { snapshot } = this.parts.store;
    if (snapshot === undefined || snapshot.seq !== this.world.seq - 1) return;
    if (!bytesEqual(hashWorld(this.world), snapshot.hash)) this.snapshot = 'different';
    else this.snapshot = isWhole(this.parts, snapshot) ? 'same' : 'incomplete';
  }
}

/** Whether a snapshot that has the right hash is stored down to its last object. */
function isWhole(parts: WorldParts, { hash, seq }: SnapshotMark): boolean {
  const { store, engine, open, lineage } = parts;
  const bytes = store.object(hash);
  if (bytes === undefined) return false;
  const source = { read: (wanted: Hash) => store.object(wanted), cache: new NodeCache() };
  const head = readSnapshotHead(bytes);
  const definition = head.ok ? open(head.value.manifest) : head;
  if (!definition.ok) return false;
  const of = { genesis: lineage.genesisOf(seq), definition: definition.value };
  return checkSnapshot(bytes, of, { engine, source }).kind === 'opened';
}

function first<T>(items: Iterable<T>): T | undefined {
  const [item] = items;
  return item;
}
