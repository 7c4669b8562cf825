import { utf8 } from '@aos/canon';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventReader } from './event-reader.js';

const readAll = (parts: readonly Uint8Array[]) => {
  const reader = new EventReader();
  return parts.flatMap((part) => reader.read(part));
};
const read = (text: string) => readAll([utf8(text)]);

describe('an event', () => {
  test.each([
    ['has data', 'data: a\n\n', [{ event: '', data: 'a' }]],
    ['has a name', 'event: x\ndata: a\n\n', [{ event: 'x', data: 'a' }]],
    ['joins its data', 'data: a\ndata: b\n\n', [{ event: '', data: 'a\nb' }]],
    ['needs no blank behind the colon', 'data:a\n\n', [{ event: '', data: 'a' }]],
    ['keeps a second blank', 'data:  a\n\n', [{ event: '', data: ' a' }]],
    ['may be empty', 'data\n\n', [{ event: '', data: '' }]],
    [
      'ends at any end of line',
      'data: a\r\n\r\ndata: b\r\rdata: c\n\n',
      ['a', 'b', 'c'].map((data) => ({ event: '', data })),
    ],
    ['is no comment', ': hello\n\n: there\n\n', []],
    ['without data is none', 'event: x\n\nid: 7\n\n', []],
    [
      'forgets its name',
      'event: x\ndata: a\n\ndata: b\n\n',
      [
        { event: 'x', data: 'a' },
        { event: '', data: 'b' },
      ],
    ],
    ['that no blank line ends is none', 'data: a\n\ndata: b\n', [{ event: '', data: 'a' }]],
    ['passes over other fields', 'retry: 5\nfoo: bar\ndata: a\n\n', [{ event: '', data: 'a' }]],
    ['begins behind a mark of the order of bytes', '\uFEFFdata: a\n\n', [{ event: '', data: 'a' }]],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test('is the same wherever the bytes are cut', () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `data: ${text}`),
      fc.constantFrom('', 'event: x', ': c', 'data', 'id: 1'),
    );
    const end = fc.constantFrom('\n', '\r\n', '\r');
    const stream = fc.array(fc.tuple(line, end), { maxLength: 12 });
    fc.assert(
      fc.property(stream, fc.array(fc.nat(200), { maxLength: 8 }), (lines, cuts) => {
        const bytes = utf8(lines.map((each) => each.join('')).join(''));
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length];
        places.sort((a, b) => a - b);
        const parts = places.slice(1).map((to, i) => bytes.subarray(places[i], to));
        expect(readAll(parts)).toEqual(readAll([bytes]));
      }),
    );
  });
});
