import { encode, sha256, utf8 } from '@aos/canon';
import { expect, it } from 'vitest';
import { showStored } from './report-view.js';

const hash = (text: string) => sha256(utf8(text));
const subject = { base: hash('base'), patch_hash: hash('patch'), at_seq: 7 };
const linesOf = (report: object) => showStored(encode({ ...report }), subject).lines;

it('what was signed for another proposal, or after another record, is not its report', () => {
  expect(linesOf(subject).join()).not.toContain('DO NOT APPROVE');
  for (const [field, other] of [
    ['base', hash('other')],
    ['patch_hash', hash('other')],
    ['at_seq', 8],
    ['at_seq', hash('other')],
  ] as const) {
    const told = linesOf({ ...subject, [field]: other });
    expect(told).toEqual([expect.stringMatching(`^DO NOT APPROVE: .* another ${field}$`)]);
  }
  expect(showStored(encode('what you like'), subject).lines.join()).toContain('DO NOT APPROVE');
  expect(showStored(undefined, subject).lines).toEqual(['its report is not stored']);
});
