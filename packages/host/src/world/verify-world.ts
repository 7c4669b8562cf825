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
import { HeadCheck, type HeadReport, linksUp } from '../snapshots/head-check.js';
import type { HostEngine } from './host-engine.js';
import { loadParts, type WorldParts, worldAtBeginning } from './load-world.js';
import { findStart, judgePorts, judgeRecord } from './open-world.js';
import type { SharedDefinitions } from './shared-definitions.js';

export interface VerifyOptions {
  /** `snapshot` takes the last one on trust and judges only the records after it. */
  readonly from?: 'genesis' | 'snapshot';
  /** Told how many records are judged, of how many. */
  readonly onRecord?: (records: number, of: number) => void;
  /** Definitions that were read before; each is read anew unless told. */
  readonly definitions?: SharedDefinitions;
}

/** What verifying came to; with a difference and its explanation when a record is not the same. */
export interface VerifyReport {
  /** Every record is the same, and the snapshot is whole and not another world's. */
  readonly ok: boolean;
  readonly worldId: Hash;
  /** Where judging began. */
  readonly from: SnapshotMark | 'genesis';
  /** Sequence of the first record that is kept. */
  readonly first: number;
  /** The records from there up to where judging began follow each other. */
  readonly isLinked: boolean;
  /** Heads that were met on the way. */
  readonly heads: HeadReport;
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
  const parts = loadParts(store, engine, options.definitions);
  const isTrusting = options.from === 'snapshot';
  const { start, from, passedOver } = isTrusting ? findStart(parts) : fromBeginning(parts);
  const judging = new Judging(parts, start, options.onRecord);
  judging.run();
  const { world } = judging;
  const snapshot = from === 'genesis' || !isTrusting ? judging.snapshot : 'trusted';
  const heads = judging.heads.report;
  const isLinked = linksUp(store, start);
  const isWhole = snapshot !== 'different' && snapshot !== 'incomplete';
  const isSound = isWhole && heads.different.length === 0 && isLinked;
  return {
    ok: judging.difference === undefined && isSound,
    worldId: world.worldId,
    from,
    first: store.first,
    isLinked,
    heads,
    records: world.seq,
    chain: world.chain,
    worldHash: hashWorld(world),
    snapshot,
    ...(passedOver === undefined ? {} : { passedOver }),
    ...(judging.difference ?? {}),
  };
}

function fromBeginning(parts: WorldParts): ReturnType<typeof findStart> {
  return worldAtBeginning(parts);
}

class Judging {
  snapshot: VerifyReport['snapshot'];
  difference: { readonly difference: Difference; readonly explanation: Explanation } | undefined;
  readonly #verifier = new SignatureVerifier();
  readonly heads: HeadCheck;

  constructor(
    private readonly parts: WorldParts,
    public world: World,
    private readonly told: VerifyOptions['onRecord'],
  ) {
    this.snapshot = parts.store.snapshot === undefined ? 'absent' : 'unseen';
    this.lookAtSnapshot();
    this.heads = new HeadCheck(parts.store, world, this.#verifier);
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
      this.heads.add(bytes, this.world);
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
