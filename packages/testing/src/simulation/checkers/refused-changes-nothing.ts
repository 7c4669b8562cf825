/**
 * What is refused changes nothing: no record comes of it and the world stays as it was; a change of
 * the definition that did not come about leaves definition, cells and proposals alone.
 */
import { bytesEqual } from '@aos/canon';
import { hashWorld } from '@aos/kernel';
import { ApplyLaws } from '../../governed/apply-laws.js';
import type { Checker, NewChecker, Submission } from './checker.js';

export const refusedChangesNothing: NewChecker = ({ tell }) => {
  /** Inputs of each kind that may be in the journal: all that were handed in and not refused. */
  const possible = new Map<string, number>();
  const count = ({ input }: Submission, by: number) => {
    const kind = input.kind ?? 'event';
    possible.set(kind, (possible.get(kind) ?? 0) + by);
  };
  const apply = new ApplyLaws({ look: (question) => question() });

  const checker: Checker = {
    rewinding: () => {
      possible.set('control', (possible.get('control') ?? 0) + 1);
    },
    submitted: (submission) => count(submission, 1),
    refused: (refused) => {
      count(refused, -1);
      const { before, after, who, refusal } = refused;
      if (before.seq !== after.seq || before.seq % SAMPLE !== 0) return;
      if (!bytesEqual(hashWorld(before), hashWorld(after)))
        tell(`${who} was refused with ${refusal.code}, and the world is another one`);
    },
    ended: ({ records, journal }) => {
      for (const kind of CLIENT_INPUTS) {
        const found = records.filter(({ input }) => input.kind === kind).length;
        const most = possible.get(kind) ?? 0;
        if (found > most) tell(`${found} inputs of kind ${kind} are there, of at most ${most}`);
      }
      try {
        for (const found of journal) apply.check(found, found.after);
      } catch (error) {
        tell(error instanceof Error ? error.message : String(error));
      }
    },
  };
  return checker;
};

/** Kinds that hosts make none of by themselves. */
const CLIENT_INPUTS = ['event', 'control', 'keyring'];

/** Hashing is what takes time here. */
const SAMPLE = 3;
