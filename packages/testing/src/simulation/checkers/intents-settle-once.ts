/**
 * Each intent settles at most once, however often it was started and answered, and has the same
 * idempotency key each time; in the end each has settled that does not wait for people. What it
 * held of budgets is given back and charged then, once. A timer does not end before its time.
 */
import { decode, toHex } from '@aos/canon';
import type { JournalRecord } from '@aos/protocol';
import { BudgetLaws, checkLedgers } from '../../laws/budget-laws.js';
import { JournalLaws } from '../../laws/journal-laws.js';
import type { NewChecker } from './checker.js';

export const intentsSettleOnce: NewChecker = ({ tell, genesis, constitution }) => {
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
    ended: ({ records, journal }) => {
      const laws = new JournalLaws(genesis);
      const timers = new Map<string, bigint>();
      const world = journal.at(-1)?.after;
      try {
        for (const record of records) {
          laws.check(record);
          checkTimers(record, timers);
        }
        if (world !== undefined) checkLedgers(world);
        if (records.some(isChange)) return;
        const budgets = new BudgetLaws(constitution.generated.definition);
        for (const record of records) budgets.check(record);
      } catch (error) {
        tell(error instanceof Error ? error.message : String(error));
      }
    },
  };
};

/** Budgets are counted under one definition. */
function isChange({ entries }: JournalRecord): boolean {
  return entries.some((entry) => entry.kind === 'governance-changed' && entry.change === 'applied');
}

/** `timers` has when each is to end, by intent. */
function checkTimers({ seq, stamp, entries }: JournalRecord, timers: Map<string, bigint>): void {
  for (const entry of entries) {
    if (entry.kind === 'intent' && entry.effect === 'timer.set') {
      const params = decode(entry.params.inline ?? NONE);
      const atNs = params.ok && params.value instanceof Map && params.value.get('deliver_at_ns');
      if (typeof atNs === 'bigint') timers.set(toHex(entry.intent), atNs);
      else if (typeof atNs === 'number') timers.set(toHex(entry.intent), BigInt(atNs));
    }
    if (entry.kind !== 'settled' || entry.status !== 'ok') continue;
    const atNs = timers.get(toHex(entry.intent));
    if (atNs !== undefined && stamp.logicalNowNs < atNs)
      throw new Error(`record ${seq} ends a timer ${atNs - stamp.logicalNowNs} ns too early`);
  }
}

const NONE = new Uint8Array(0);
