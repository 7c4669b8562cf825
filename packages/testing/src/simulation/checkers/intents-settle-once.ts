/**
 * Each intent settles at most once, however often it was started and answered, and has the same
 * idempotency key each time; in the end each has settled that does not wait for people.
 */
import { toHex } from '@aos/canon';
import { JournalLaws } from '../../laws/journal-laws.js';
import type { NewChecker } from './checker.js';

export const intentsSettleOnce: NewChecker = ({ tell, genesis }) => {
  const keys = new Map<string, string>();

  return {
    started: ({ intentHash, idempotencyKey }) => {
      const intent = toHex(intentHash);
      const key = keys.get(intent) ?? toHex(idempotencyKey);
      keys.set(intent, key);
      if (key !== toHex(idempotencyKey)) tell(`intent ${intent} was started under another key`);
    },
    rested: (blockers) => {
      for (const blocker of blockers) {
        if (blocker.kind !== 'approval') tell(`in the end there is ${JSON.stringify(blocker)}`);
      }
    },
    ended: ({ records }) => {
      const laws = new JournalLaws(genesis);
      try {
        for (const record of records) laws.check(record);
      } catch (error) {
        tell(error instanceof Error ? error.message : String(error));
      }
    },
  };
};
