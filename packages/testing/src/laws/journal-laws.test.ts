/** Journals that break a law, and others that only come close to it. */
import type { Genesis, JournalRecord } from '@aos/protocol';
import { expect, it } from 'vitest';
import { JournalLaws } from './journal-laws.js';

const limits = { settled_window: 2, dedup_window: 2 };
const genesis = { runtime: { limits } } as unknown as Genesis;

function takeAll(ids: readonly (string | undefined)[]): void {
  const laws = new JournalLaws(genesis);
  for (const [seq, dedup] of ids.entries()) {
    const event = { kind: 'event', schema: 't/Add@1', ...(dedup === undefined ? {} : { dedup }) };
    laws.check({ seq, input: event, entries: [] } as unknown as JournalRecord);
  }
}

it('an event comes once under a dedup id, as long as that is remembered', () => {
  expect(() => takeAll(['a', 'b', 'a'])).toThrow('record 2 comes again under the dedup id a');
  takeAll([undefined, undefined, 'a', 'b', 'c', 'a']);
});
