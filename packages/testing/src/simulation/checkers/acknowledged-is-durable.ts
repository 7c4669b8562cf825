/**
 * What was acknowledged is there for ever: a record under the sequence and chain value that were
 * told, and a snapshot, or a later one; unless an operator has the world go back behind it.
 */
import { bytesEqual, type Hash } from '@aos/canon';
import { chainOf } from '@aos/protocol';
import type { NewChecker } from './checker.js';

export const acknowledgedIsDurable: NewChecker = ({ tell }) => {
  const promised = new Map<number, Hash>();
  let snapshot = -2;

  return {
    acknowledged: ({ seq, chain }) => {
      const known = promised.get(seq);
      if (known !== undefined && !bytesEqual(known, chain))
        tell(`record ${seq} was acknowledged as two different ones`);
      promised.set(seq, chain);
    },
    snapshotted: (seq) => {
      snapshot = Math.max(snapshot, seq);
    },
    rewinding: (seq) => {
      for (const known of [...promised.keys()]) if (known > seq) promised.delete(known);
      // its mark may stand behind the record that it is of
      snapshot = -2;
    },
    rewound: (seq, records) => {
      for (const [i, bytes] of records.entries()) promised.set(seq + 1 + i, chainOf(bytes));
    },
    ended: ({ journal, store }) => {
      if ((store.snapshot?.seq ?? -2) < snapshot)
        tell(`the acknowledged snapshot after record ${snapshot} is gone`);
      for (const [seq, chain] of promised) {
        const found = journal[seq];
        if (found === undefined) tell(`acknowledged record ${seq} is gone`);
        else if (!bytesEqual(found.chain, chain)) tell(`record ${seq} is not the acknowledged one`);
      }
    },
  };
};
