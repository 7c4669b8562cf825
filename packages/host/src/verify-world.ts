/** Verification: what anyone holding a world's files can do without trusting who wrote them. */
import type { Hash } from '@aos/canon';
import { type Difference, hashWorld, replay, type World } from '@aos/kernel';
import { AosFault, type WorldStore } from '@aos/protocol';
import { type HostEngine, loadWorld } from './load-world.js';

/** What verifying came to; `difference` is there exactly when `ok` is false. */
export interface VerifyReport {
  readonly ok: boolean;
  readonly worldId: Hash;
  /** Records that were judged the same. */
  readonly records: number;
  /** Chain value of the last of them. */
  readonly chain: Hash;
  /** Hash of the world after them. */
  readonly worldHash: Hash;
  readonly difference?: Difference;
}

/** Replays a world from genesis and judges every record. Reads only. */
export function verifyWorld(store: WorldStore, engine: HostEngine): VerifyReport {
  const { world, difference } = replayStore(store, engine);
  const report = {
    worldId: world.worldId,
    records: world.seq,
    chain: world.chain,
    worldHash: hashWorld(world),
  };
  return difference === undefined ? { ok: true, ...report } : { ok: false, ...report, difference };
}

/** The world after the last record that replays the same, and the difference that ended it. */
export function replayStore(
  store: WorldStore,
  engine: HostEngine,
): { readonly world: World; readonly difference?: Difference } {
  const start = loadWorld(store, engine);
  const verdict = replay(start, store.records(0), { engine, object: (hash) => store.object(hash) });
  switch (verdict.kind) {
    case 'same':
      return { world: verdict.world };
    case 'different':
      return { world: verdict.world, difference: verdict.difference };
    case 'need':
      throw new AosFault('object-missing', 'a value that the journal refers to is not stored', {
        retry: 'never',
      });
  }
}

/** The fault of a journal that does not replay to itself: `world-diverged`. */
export function divergedFault(difference: Difference): AosFault {
  const { seq, at, code, kind } = difference;
  const message =
    `record ${seq} does not replay to itself at ${at} (${kind}, ${code}); ` +
    "'aos verify' shows both values";
  return new AosFault('world-diverged', message, { retry: 'never' });
}
