/** What was acknowledged is there for ever, under the sequence and chain value that were told. */
import { bytesEqual, type Hash } from '@aos/canon';
import type { NewChecker } from './checker.js';

export const acknowledgedIsDurable: NewChecker = ({ tell }) => {
  const promised = new Map<number, Hash>();

  return {
    acknowledged: ({ seq, chain }) => {
      const known = promised.get(seq);
      if (known !== undefined && !bytesEqual(known, chain))
        tell(`record ${seq} was acknowledged as two different ones`);
      promised.set(seq, chain);
    },
    ended: ({ journal }) => {
      for (const [seq, chain] of promised) {
        const found = journal[seq];
        if (found === undefined) tell(`acknowledged record ${seq} is gone`);
        else if (!bytesEqual(found.chain, chain)) tell(`record ${seq} is not the acknowledged one`);
      }
    },
  };
};
