import { encode, type Hash, sha256, utf8 } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { decodeMarker, encodeMarker, type Marker } from './marker.js';

const hash: Hash = sha256(utf8('a snapshot'));

describe('a marker', () => {
  it.each<Marker>([
    { kind: 'opened' },
    { kind: 'closed' },
    { kind: 'snapshot', seq: -1, hash },
    { kind: 'snapshot', seq: 2 ** 40, hash },
    { kind: 'halt', seq: 7, code: 'defect', detail: 'what was expected: ü' },
    { kind: 'halt-cleared', seq: 7 },
  ])('$kind comes back as it was written', (marker) => {
    expect(decodeMarker(encodeMarker(marker))).toEqual(marker);
  });

  it('of another name means nothing', () => {
    expect(decodeMarker(encode({ name: 'later', below: 7 }))).toEqual({ kind: 'unknown' });
  });

  it.each([
    ['no canonical bytes', utf8('marker')],
    ['no map', encode('closed')],
    ['no name', encode({ seq: 1 })],
    ['a field too many', encode({ name: 'closed', seq: 1 })],
    ['a field missing', encode({ name: 'halt-cleared' })],
    ['a sequence that is no number', encode({ name: 'halt-cleared', seq: 'one' })],
    ['a short hash', encode({ name: 'snapshot', seq: 1, hash: hash.subarray(1) })],
    ['a code that is no text', encode({ name: 'halt', seq: 1, code: 1, detail: '' })],
  ])('with %s is none', (_, payload) => {
    expect(decodeMarker(payload)).toBeUndefined();
  });
});
