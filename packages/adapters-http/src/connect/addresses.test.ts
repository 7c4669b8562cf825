import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressBytes } from './addresses.js';

const hex = (text: string) => Buffer.from(addressBytes(text) ?? []).toString('hex');

describe('the bytes of an address', () => {
  test.each([
    ['127.0.0.1', '7f000001'],
    ['255.255.255.255', 'ffffffff'],
    ['::', '0'.repeat(32)],
    ['::1', `${'0'.repeat(31)}1`],
    ['1::', `0001${'0'.repeat(28)}`],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['::ffff:10.1.2.3', `${'0'.repeat(20)}ffff0a010203`],
    ['64:ff9b::10.1.2.3', `0064ff9b${'0'.repeat(16)}0a010203`],
    ['FE80::1%eth0', `fe80${'0'.repeat(27)}1`],
  ])('%s', (text, expected) => {
    expect(hex(text)).toBe(expected);
  });

  test.each(['', 'localhost', '1.2.3', '1.2.3.4.5', '01.2.3.4', '[::1]', ':::', '1::2::3'])(
    'are none for "%s"',
    (text) => {
      expect(addressBytes(text)).toBeUndefined();
    },
  );

  test('are those of every text that the platform writes for them', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        if (!isIPv6(text)) return;
        const bytes = addressBytes(text) as Uint8Array;
        const groups = [...bytes.keys()]
          .filter((i) => i % 2 === 0)
          .map((i) => (((bytes[i] as number) << 8) | (bytes[i + 1] as number)).toString(16));
        const asUrl = (each: string) => new URL(`http://[${each}]/`).hostname;
        expect(asUrl(groups.join(':'))).toBe(asUrl(text));
      }),
    );
  });
});
