/**
 * Worlds at any height: the world right after one of the records, replayed from the nearest
 * snapshot before it that opens, or from genesis.
 */
import type { World } from '@aos/kernel';
import { AosFault, type SnapshotMark, type WorldStore } from '@aos/protocol';
import type { HostEngine } from './host-engine.js';
import { loadParts, type WorldParts, worldAtBeginning, worldAtSnapshot } from './load-world.js';
import {
  checkChain,
  divergedFault,
  type JudgePorts,
  judgePorts,
  judgeRecord,
} from './open-world.js';

/**
 * The world after record `seq`, which is there; −1 is the one of genesis. Throws AosFault:
 * `world-diverged`, `object-missing`, and what loading a world throws.
 */
export function worldAfter(store: WorldStore, engine: HostEngine, seq: number): World {
  const parts = loadParts(store, engine);
  return replayTo(startBefore(parts, seq), seq, judgePorts(parts), store);
}

/** Where to begin for the world after record `seq`. */
export function startBefore(parts: WorldParts, seq: number): World {
  const snapshot = nearestSnapshot(parts.store, seq);
  if (snapshot === undefined) return beginningBefore(parts, seq);
  const opened = worldAtSnapshot(parts, snapshot);
  const isOfJournal = opened?.ok && checkChain(parts.store, opened.value) === undefined;
  return isOfJournal ? opened.value : beginningBefore(parts, seq);
}

/** Code: `record-pruned` for a world of before. */
function beginningBefore(parts: WorldParts, seq: number): World {
  const { start, from } = worldAtBeginning(parts);
  if (from === 'genesis' || from.seq <= seq) return start;
  const message =
    `the world after record ${seq} cannot be made any more: the earliest one that can is after ` +
    `record ${from.seq}; ask for that or a later one`;
  throw new AosFault('record-pruned', message, { retry: 'never' });
}

/** The last snapshot that is not behind record `seq`. */
export function nearestSnapshot(store: WorldStore, seq: number): SnapshotMark | undefined {
  return store.snapshots.findLast((snapshot) => snapshot.seq <= seq);
}

/** Replays up to record `seq`, which is there. */
export function replayTo(
  start: World,
  seq: number,
  ports: JudgePorts,
  store: Pick<WorldStore, 'records'>,
): World {
  let world = start;
  if (world.seq > seq) return world;
  for (const bytes of store.records(world.seq)) {
    const verdict = judgeRecord(world, bytes, ports, 'trust');
    if (verdict.kind === 'different') throw divergedFault(verdict.difference);
    world = verdict.world;
    if (world.seq > seq) break;
  }
  return world;
}
