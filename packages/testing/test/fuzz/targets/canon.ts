/**
 * Canonical bytes, strict and plain.
 *
 * What is decoded is encoded to the same bytes and read the same by another decoder; what comes
 * out canonical of plain reading was canonical; plain reading takes whatever strict reading takes,
 * and whatever another decoder takes that refuses what it refuses.
 */
import {
  bytesEqual,
  decode,
  decodePlain,
  decodeUntagged,
  encode,
  encodeUntagged,
  Float,
} from '@aos/canon';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { decode as decodeTheirs } from 'cbor2';
import { valueIn } from '../codes.js';
import { described, isReadByCborg } from '../described.js';
import { cborTokens } from '../tokens.js';

const values = [
  null,
  [0, 23, 24, 255, 256, 65_536, 2 ** 32, Number.MAX_SAFE_INTEGER, 2n ** 64n - 1n],
  [-1, -24, -25, -257, -(2n ** 64n)],
  [new Float(1.5), new Float(-0), new Float(Number.NaN), new Float(1e300), new Float(5e-324)],
  ['', 'a', 'ü', '\u{1f600}', 'x'.repeat(30), new Uint8Array(30)],
  new Map<string | number, unknown>([
    [1, true],
    ['a', [false, new Map([[[1], {}]])]],
    ['__proto__', {}],
  ]) as never,
  [[[[[[[[]]]]]]]],
];

export const target: FuzzTarget = {
  name: 'canon',
  tokens: cborTokens,
  seeds: () => values.flatMap((value) => [encode(value), encodeUntagged(value)]),
  run(bytes) {
    checkStrict(bytes);
    checkPlain(bytes);
  },
};

function checkStrict(bytes: Uint8Array): void {
  const forms = [
    [decode, encode],
    [decodeUntagged, encodeUntagged],
  ] as const;
  for (const [read, write] of forms) {
    const value = valueIn(read(bytes));
    if (value === undefined) continue;
    holds(bytesEqual(write(value), bytes), 'what is decoded is encoded to the same bytes');
    holds(isReadByCborg(bytes, described(value)), 'another decoder reads the same');
    const plain = decodePlain(bytes);
    holds(plain.ok && described(plain.value) === described(value), 'plain reading takes as much');
  }
}

function checkPlain(bytes: Uint8Array): void {
  const plain = decodePlain(bytes);
  const value = valueIn(plain);
  if (value !== undefined) {
    holds(isReadByCborg(bytes, described(value)), 'another decoder reads plain bytes the same');
    const isUntagged = bytesEqual(encodeUntagged(value), bytes);
    holds(!isUntagged || decodeUntagged(bytes).ok, 'what is canonical is decoded');
    holds(!bytesEqual(encode(value), bytes) || decode(bytes).ok, 'canonical documents are decoded');
  } else if (!plain.ok && mustBeRead(plain.refusal.code)) {
    holds(!isReadByCbor2(bytes), 'plain reading takes what another decoder takes', () => {
      return plain.refusal.code;
    });
  }
}

/** Other refusals are of what the other decoder does not look at. */
function mustBeRead(code: string): boolean {
  return code === 'cbor-truncated' || code === 'cbor-trailing' || code === 'cbor-non-canonical';
}

function isReadByCbor2(bytes: Uint8Array): boolean {
  try {
    decodeTheirs(bytes, { rejectUndefined: true, rejectSimple: true, rejectDuplicateKeys: true });
    return true;
  } catch {
    return false;
  }
}
