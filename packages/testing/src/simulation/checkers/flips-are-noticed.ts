/**
 * A bit that turns on the disk is noticed or makes no difference: whoever opens the world then is
 * told, or finds the records that are there without it. The end of a journal is the one place where
 * a turned bit looks like a write that was never finished: it is cut off there, and that is told.
 * Of a journal that was closed no record is cut off so: who closes says that all of it was written.
 */
import { bytesEqual } from '@aos/canon';
import { hashWorld } from '@aos/kernel';
import type { NewChecker, Remains } from './checker.js';

export const flipsAreNoticed: NewChecker = ({ tell }) => {
  let last: Remains | undefined;

  return {
    ended: (remains) => {
      last = remains;
    },
    flipped: (found) => {
      if (typeof found === 'string' || last === undefined) return;
      const { chains, worldHash, isCut } = found;
      const { journal } = last;
      for (const [seq, chain] of chains.entries()) {
        if (bytesEqual(journal[seq]?.chain ?? NONE, chain)) continue;
        tell(`a bit was turned, and nobody says that record ${seq} is another one`);
        return;
      }
      if (chains.length < journal.length && (last.isClosed || !isCut))
        tell(`a bit was turned, and nobody says that records from ${chains.length} on are gone`);
      const replayed = journal[chains.length - 1]?.after;
      if (replayed !== undefined && !bytesEqual(hashWorld(replayed), worldHash))
        tell('a bit was turned, and another world opens');
    },
  };
};

const NONE = new Uint8Array(0);
