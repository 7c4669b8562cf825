import { describe, expect, test } from 'vitest';
import { parseAddress6, printAddress6 } from './address6.js';

const spelled = (text: string) => {
  const address = parseAddress6(text);
  return address && printAddress6(address);
};

describe('a text of an IPv6 address', () => {
  test.each([
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:2:3::5:6:7:8', '1:2:3:0:5:6:7:8'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['1:0:0:4:0:0:0:8', '1:0:0:4::8'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
    ['::ffff:0.255.10.99', '::ffff:ff:a63'],
    ['::255.255.255.255', '::ffff:ffff'],
    ['1::2:3:4:5:192.0.2.1', '1:0:2:3:4:5:c000:201'],
  ])('%s is read, and printed as %s', (text, printed) => {
    expect(spelled(text)).toBe(printed);
  });

  test.each([
    ['a gap of no groups', '1:2:3:4::5:6:7:8'],
    ['a gap between too many groups', '1:2:3:4::5:6:7:8:9'],
    ['eight groups and a gap', '1:2:3:4:5:6:7:8::'],
    ['seven groups', '1:2:3:4:5:6:7'],
    ['a dotted end behind seven groups', '1:2:3:4:5:6:7:1.2.3.4'],
    ['a dotted beginning', '1.2.3.4::1'],
    ['a dotted beginning without a gap', '1.2.3.4:3:4:5:6:7:8'],
    ['a dotted middle', '::1.2.3.4:5'],
    ['nothing but a dotted address', '1.2.3.4'],
    ['a first number that is too large', '::256.1.1.1'],
    ['a last number that is too large', '::1.1.1.256'],
    ['three numbers', '::1.2.3'],
    ['an empty group', '1:2:3:4:5:6::7:'],
    ['three colons', ':::1'],
    ['nothing', ''],
  ])('is none with %s', (_, text) => {
    expect(spelled(text)).toBe(undefined);
  });
});
