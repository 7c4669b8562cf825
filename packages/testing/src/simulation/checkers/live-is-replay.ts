/**
 * Live = replay: the world that was seen is the one that its journal leads to, whoever replays it
 * and from wherever.
 */
import { bytesEqual, type Hash } from '@aos/canon';
import { openWorld } from '@aos/host';
import { hashWorld } from '@aos/kernel';
import { SimEngine } from '../constitution.js';
import type { NewChecker, Remains } from './checker.js';

export const liveIsReplay: NewChecker = ({ tell, constitution }) => {
  /** Hashes of worlds that were seen, by the number of their records. */
  const seen = new Map<number, Hash>();

  const checkSeen = ({ journal }: Remains) => {
    for (const [seq, hash] of seen) {
      const replayed = journal[seq - 1]?.after;
      if (replayed !== undefined && !bytesEqual(hashWorld(replayed), hash))
        tell(`after ${seq} records another world was seen than replays`);
    }
  };

  return {
    read: (world) => {
      if (world.seq > 0) seen.set(world.seq, hashWorld(world));
    },
    rewinding: () => seen.clear(),
    ended: (remains) => {
      if (remains.difference !== undefined) tell(remains.difference);
      checkSeen(remains);
      seen.clear();
    },
    finished: (remains, verified) => {
      const { store, journal } = remains;
      const last = journal.at(-1)?.after;
      if (last === undefined) return;
      const opened = openWorld(store, new SimEngine(), 'snapshot', constitution.shared);
      if (opened.passedOver !== undefined) tell(`a snapshot: ${opened.passedOver.code}`);
      if (!bytesEqual(hashWorld(opened.world), hashWorld(last)))
        tell('the world of the last snapshot is not the one of genesis');
      if (verified === undefined || verified.ok) return;
      const { snapshot, heads, records } = verified;
      tell(`does not verify at record ${records}: snapshot ${snapshot}, heads ${heads.different}`);
    },
  };
};
