import { utf8 } from '@aos/canon';
import { type Entry, encodeRecord, type JournalRecord } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { judgeRecord } from './judge.js';

const zeros = new Uint8Array(32);
const fault = (code: string, cause: number | null = null): Entry => ({
  ...{ kind: 'reducer-fault', cause, reducer: 't/A@1', key: null, code, fuel: 1 },
});
const [a, b, c] = [fault('code-a'), fault('code-b'), fault('code-c')];

const recordOf = (entries: readonly Entry[], more: Partial<JournalRecord> = {}): JournalRecord => ({
  seq: 5,
  prev: zeros as JournalRecord['prev'],
  stamp: { nowNs: 1n, logicalNowNs: 1n, entropy: zeros },
  input: { kind: 'event', schema: 't/Go@1', value: { inline: utf8('x') } },
  fuel: 3,
  entries,
  ...more,
});

const judged = (
  replayed: readonly Entry[],
  recorded: readonly Entry[],
  more: { readonly ours?: Partial<JournalRecord>; readonly theirs?: Partial<JournalRecord> } = {},
) => judgeRecord(encodeRecord(recordOf(recorded, more.theirs)), recordOf(replayed, more.ours));

describe('the first entry that is not the same', () => {
  it.each<[string, Entry[], Entry[], object]>([
    ['one changed', [a, b], [a, c], { kind: 'different', at: 'entries/1', expected: b, found: c }],
    ['one more', [a], [a, b], { kind: 'extra', at: 'entries/1', expected: null, found: b }],
    ['one less', [a, b], [a], { kind: 'missing', at: 'entries/1', expected: b, found: null }],
    [
      'one put in before',
      [a],
      [b, a],
      { kind: 'extra', at: 'entries/0', expected: null, found: b },
    ],
    ['one taken out before', [b, a], [a], { kind: 'missing', at: 'entries/0', expected: b }],
    ['one put in between', [a, b], [a, c, b], { kind: 'extra', at: 'entries/1', found: c }],
    ['one taken out between', [a, c, b], [a, b], { kind: 'missing', at: 'entries/1', found: null }],
    ['one changed, and one more', [a], [b, c], { kind: 'different', at: 'entries/0', found: b }],
    ['one changed, and one less', [b, c], [a], { kind: 'different', at: 'entries/0', found: a }],
    ['two that changed places', [a, b], [b, a], { kind: 'different', at: 'entries/0' }],
    ['two taken out', [a, b, c], [c], { kind: 'different', at: 'entries/0' }],
  ])('is told with both values: %s', (_, replayed, recorded, difference) => {
    expect(judged(replayed, recorded)).toMatchObject({
      ...{ seq: 5, code: 'replay-difference' },
      ...difference,
    });
  });

  it('is found though the causes behind it have moved with it', () => {
    const difference = judged([a, fault('code-b', 0)], [c, a, fault('code-b', 1)]);
    expect(difference).toMatchObject({ kind: 'extra', at: 'entries/0', found: c });
    const [moved, there] = [fault('code-a', 1), fault('code-a', 0)];
    expect(judged([moved], [c, there])).toMatchObject({ kind: 'extra', at: 'entries/0' });
    expect(judged([c, there], [moved])).toMatchObject({ kind: 'missing', at: 'entries/0' });
  });
});

describe('where all entries agree, it is a field', () => {
  const value = { ref: zeros } as never;
  const input = { kind: 'event', schema: 't/Go@1', value } as const;
  it.each<[string, Partial<JournalRecord>, Partial<JournalRecord>, unknown, unknown]>([
    ['fuel', { fuel: 4 }, { wakeAtNs: 7n }, 4, 3],
    ['wake_at', { wakeAtNs: 7n }, {}, 7n, null],
    ['wake_at', {}, { wakeAtNs: 7n }, null, 7n],
    ['input', { input }, {}, 'object', 'inline'],
    ['input', {}, { input }, 'inline', 'object'],
  ])('%s', (at, ours, theirs, expected, found) => {
    const difference = judged([a], [a], { ours, theirs });
    expect(difference).toEqual({
      ...{ kind: 'different', seq: 5, code: 'replay-difference' },
      ...{ at, expected, found },
    });
  });

  it('input, for an answer that is carried in another way', () => {
    const receipt = { kind: 'receipt', payload: { inline: utf8('x') } };
    const replayed = recordOf([], { input: receipt as never });
    const recorded = encodeRecord(recordOf([], { input }));
    expect(judgeRecord(recorded, replayed)).toMatchObject({ at: 'input', expected: 'inline' });
    const large = recordOf([], { input: { ...receipt, payload: value } as never });
    expect(judgeRecord(recorded, large)).toMatchObject({ expected: 'object', found: 'object' });
    const verb = recordOf([], { input: { kind: 'tick' } });
    expect(judgeRecord(recorded, verb)).toMatchObject({ expected: 'inline', found: 'object' });
  });
});

it('entries that cannot be read are broken', () => {
  const bytes = encodeRecord(recordOf([{ ...a, fuel: -1 } as Entry]));
  expect(judgeRecord(bytes, recordOf([a]))).toMatchObject({
    ...{ kind: 'broken', seq: 5, at: 'entries', expected: null },
  });
});
