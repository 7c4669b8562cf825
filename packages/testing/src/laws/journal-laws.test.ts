/** Journals that break a law, and others that only come close to it. */
import { sha256, utf8 } from '@aos/canon';
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

const intent = sha256(utf8('an intent'));
const decision = { kind: 'decision', cause: null, intent, outcome: 'allow', code: null };
const opened = { kind: 'intent', cause: null, intent, deadlineNs: 10n };

function takeEntries(
  records: readonly { readonly nowNs: bigint; readonly [name: string]: unknown }[],
) {
  const laws = new JournalLaws(genesis);
  for (const [seq, { nowNs, ...rest }] of records.entries()) {
    const record = { seq, input: { kind: 'tick' }, entries: [], stamp: { logicalNowNs: nowNs } };
    laws.check({ ...record, ...rest } as unknown as JournalRecord);
  }
}

it('what ends by time does not end before its time', () => {
  const open = { nowNs: 1n, entries: [decision, opened] };
  const ended = { kind: 'settled', cause: null, intent, code: 'effect-timeout' };
  takeEntries([open, { nowNs: 10n, entries: [ended] }]);
  const early = () => takeEntries([open, { nowNs: 9n, entries: [ended] }]);
  expect(early).toThrow('ends at 9, and its time is 10');
});

it('a request to people does not end before its time', () => {
  const asked = { kind: 'approval-requested', cause: null, intent, expiresNs: 10n };
  const open = { nowNs: 1n, entries: [decision, opened, asked] };
  const denied = { ...decision, outcome: 'deny', code: 'approval-expired' };
  takeEntries([open, { nowNs: 10n, entries: [denied] }]);
  expect(() => takeEntries([open, { nowNs: 9n, entries: [denied] }])).toThrow('ends at 9');
});

it('an epoch leaves no intent open', () => {
  const open = { nowNs: 1n, entries: [decision, opened] };
  const input = { kind: 'control', verb: 'epoch', args: new Map([['epoch', 1]]) };
  const dropped = { kind: 'dropped', cause: null, code: 'intent-abandoned', intent };
  takeEntries([open, { nowNs: 2n, input, entries: [dropped] }]);
  expect(() => takeEntries([open, { nowNs: 2n, input }])).toThrow('the epoch of record 1 leaves');
});
