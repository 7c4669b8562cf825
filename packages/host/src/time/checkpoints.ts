/**
 * A world replayed as it was recorded, with what it has come to on the way: what two builds that
 * mean the same agree about.
 */
import type { Hash } from '@aos/canon';
import { type Explanation, explainDifference, hashWorld, type World } from '@aos/kernel';
import { AosFault, type WorldStore } from '@aos/protocol';
import { SignatureVerifier } from '../keys/signatures.js';
import type { HostEngine } from '../world/host-engine.js';
import { loadParts, worldAtBeginning } from '../world/load-world.js';
import { judgePorts, judgeRecord } from '../world/open-world.js';

/** The world right after a record. */
export interface Checkpoint {
  readonly seq: number;
  readonly chain: Hash;
  readonly worldHash: Hash;
}

export interface CheckpointOptions {
  /** After each so many records, and at the end. */
  readonly every: number;
  /** Checkpoints begin with this record. */
  readonly from?: number;
  /** The last record that is replayed. */
  readonly to?: number;
  readonly onRecord?: (records: number, of: number) => void;
}

export interface CheckpointReport {
  readonly worldId: Hash;
  /** Sequence up to which replay is the same as the record. */
  readonly records: number;
  readonly checkpoints: readonly Checkpoint[];
  /** Where it is not. */
  readonly difference?: Explanation;
}

/**
 * Replays and judges every record, signatures too. Throws AosFault: `object-missing`,
 * `record-unknown`, and what loading a world throws.
 */
export function replayCheckpoints(
  store: WorldStore,
  engine: HostEngine,
  { every, from = 0, to = store.head, onRecord }: CheckpointOptions,
): CheckpointReport {
  if (to > store.head) throw unknownRecord(store.head, to);
  if (from > Math.max(to, 0)) throw unknownRecord(to, from);
  const parts = loadParts(store, engine);
  const ports = { ...judgePorts(parts), checkSignature: new SignatureVerifier().check };
  const checkpoints: Checkpoint[] = [];
  let world = worldAtBeginning(parts).start;
  for (const bytes of store.records(world.seq)) {
    if (world.seq > to) break;
    const verdict = judgeRecord(world, bytes, ports, 'verify');
    if (verdict.kind === 'different') {
      const crossed = parts.lineage.cross(world);
      const before = crossed.ok ? crossed.value : world;
      const record = (seq: number) => first(store.records(seq));
      const explained = { ...ports, record };
      const difference = explainDifference(before, bytes, verdict.difference, explained);
      return { worldId: world.worldId, records: world.seq, checkpoints, difference };
    }
    world = verdict.world;
    onRecord?.(world.seq, to + 1);
    const seq = world.seq - 1;
    const isPoint = world.seq % every === 0 || seq === to;
    if (isPoint && seq >= from) checkpoints.push(checkpointOf(world));
  }
  return { worldId: world.worldId, records: world.seq, checkpoints };
}

function checkpointOf(world: World): Checkpoint {
  return { seq: world.seq - 1, chain: world.chain, worldHash: hashWorld(world) };
}

function first<T>(items: Iterable<T>): T | undefined {
  const [item] = items;
  return item;
}

function unknownRecord(head: number, seq: number): AosFault {
  const message = `there is no record ${seq} to replay to; the last one is ${head}`;
  return new AosFault('record-unknown', message, { retry: 'never' });
}
