import { expect, test } from 'vitest';
import * as c from './index.js';

test('smoke', () => {
  expect(c.toHex(c.encode({ b: 1, aa: 2, a: 3, B: 4, é: 5, ab: 6 }))).toBe(
    'd9d9f7a6614204616103616201626161026261620662c3a905',
  );
  const m = new Map<c.Encodable, c.Encodable>();
  const keys = [10, 100, -1, 'z', 'aa', [100], [-1], false, new Uint8Array([1]), -1000, 1000];
  keys.forEach((k, i) => m.set(k, i + 1));
  const hex = 'd9d9f7ab0a011864021903e80b20033903e70a410109617a046261610581186406812007f408';
  expect(c.toHex(c.encode(m))).toBe(hex);
  const b = c.fromHex(hex);
  if (!b.ok) throw 1;
  const d = c.decode(b.value);
  if (!d.ok) throw 1;
  expect(c.toHex(c.encode(d.value))).toBe(hex);
  expect(c.decodePlain(b.value)).toEqual(d);
  expect(c.toHashText(c.hashOf(0))).toBe(
    'sha256:0cfb293a092c398d37a6bb74671a7bf395186e7ed8939e64ca47ad96dd799533',
  );
  for (const f of [
    1.5,
    65504,
    65505,
    0.1,
    -0,
    1e300,
    NaN,
    Infinity,
    2 ** -24,
    2 ** -25,
    5.960464477539063e-8,
  ])
    console.log(f, c.toHex(c.encodeUntagged(new c.Float(f))));
  console.log(c.decodeUntagged(new Uint8Array([0x9b, 0x7f, 255, 255, 255, 255, 255, 255, 255])));
});
