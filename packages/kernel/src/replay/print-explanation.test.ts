import { expect, it } from 'vitest';
import type { ChainLink, Explanation } from './explain.js';
import { printExplanation } from './print-explanation.js';

const stamp = { nowNs: 0n, logicalNowNs: 0n, entropy: new Uint8Array(32) };
const link = (i: number | null, kind: string): ChainLink => ({
  ...{ place: { seq: 7, i }, is: i === null ? 'input' : 'entry', kind, fields: {}, stamp },
});
const explanation: Explanation = {
  ...{ kind: 'different', seq: 7, at: 'entries/1', code: 'replay-difference' },
  rows: [
    { field: 'kind', expected: 'settled', found: 'settled', isSame: true },
    { field: 'n', expected: 1n, found: { more: [2n] }, isSame: false },
    { field: 'state_after', expected: undefined, found: 'y'.repeat(72), isSame: false },
    { field: 'x', expected: 'x'.repeat(73), found: null, isSame: false },
  ],
  chain: [link(0, 'settled'), link(null, 'receipt')],
};

it('is a table of both values, and the way back', () => {
  const wide = `${'x'.repeat(71)}…`;
  const line = (mark: string, field: string, expected: string, found: string) =>
    `${mark}  ${field.padEnd(11)}  ${expected.padEnd(72)}  ${found}`;
  expect(printExplanation(explanation)).toEqual([
    'record 7, entries/1 differs (replay-difference)',
    line(' ', 'field', 'replay makes', 'the journal has'),
    line(' ', 'kind', 'settled', 'settled'),
    line('≠', 'n', '1', '{"more":[2]}'),
    line('≠', 'state_after', '—', 'y'.repeat(72)),
    line('≠', 'x', wide, 'null'),
    'because of 7/0  settled',
    '        of 7  input receipt',
  ]);
});

it.each([
  ['broken', 'is broken'],
  ['extra', 'is in the journal, and replay does not make it'],
  ['missing', 'is made by replay, and not in the journal'],
] as const)('says what it is that is %s', (kind, says) => {
  expect(printExplanation({ ...explanation, kind })[0]).toContain(` ${says} (`);
});
