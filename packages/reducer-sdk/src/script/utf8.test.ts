import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeText, encodeText } from './utf8.js';

test('is what the platform makes of it, in both directions', () => {
  const law = fc.property(fc.string({ unit: 'binary' }), (text) => {
    expect(encodeText(text)).toEqual(new TextEncoder().encode(text));
    expect(decodeText(encodeText(text))).toBe(text);
  });
  fc.assert(law);
  expect(decodeText(encodeText('a\n100 % äß\u2028😀'))).toBe('a\n100 % äß\u2028😀');
});

test('refuses what is no UTF-8 and no text', () => {
  for (const bytes of [[0x80], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
    expect(() => decodeText(Uint8Array.from(bytes))).toThrow('expected UTF-8');
  }
  expect(() => encodeText('\ud800')).toThrow(URIError);
});
