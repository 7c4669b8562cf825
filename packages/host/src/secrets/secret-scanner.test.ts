import { gzipSync } from 'node:zlib';
import { utf8 } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { SecretNeedles, SecretScanner } from './secret-scanner.js';

const VALUE = 'sk-live/4eC39H+qLy jWDarj"tT1\\zd&é';
const buffer = Buffer.from(VALUE);
const escapeAll = (text: string, one: (code: number) => string) =>
  [...text].map((each) => one(each.charCodeAt(0))).join('');
const hex = (code: number, size: number) => code.toString(16).padStart(size, '0');
const json = (text: string) => JSON.stringify(text).slice(1, -1);
const url = encodeURIComponent;
const lines = (text: string) => text.replace(/.{8}/g, '$&\r\n');

const FORMS: readonly (readonly [string, string | Uint8Array])[] = [
  ['itself', VALUE],
  ['hexadecimal', buffer.toString('hex')],
  ['hexadecimal in upper case', buffer.toString('hex').toUpperCase()],
  ['hexadecimal with colons', buffer.toString('hex').replace(/..(?!$)/g, '$&:')],
  ['hexadecimal with blanks', buffer.toString('hex').replace(/..(?!$)/g, '$& ')],
  ['base64', buffer.toString('base64')],
  ['base64 of URLs', buffer.toString('base64url')],
  ['base64 behind a name', Buffer.from(`user:${VALUE}`).toString('base64')],
  ['base64 behind two letters', Buffer.from(`xy${VALUE}and more`).toString('base64')],
  ['base64 over lines', lines(buffer.toString('base64'))],
  ['base64 in JSON in a URL', url(json(buffer.toString('base64')))],
  ['base64 with its slashes escaped', buffer.toString('base64').replaceAll('/', '\\/')],
  ['a part of a URL', url(VALUE)],
  ['a part of a URL, every byte', [...buffer].map((byte) => `%${hex(byte, 2)}`).join('')],
  ['a part of a URL in a URL', url(url(VALUE))],
  ['a field of a form', new URLSearchParams([['key', VALUE]]).toString()],
  ['JSON', json(VALUE)],
  ['JSON in JSON', json(json(VALUE))],
  ['JSON of units', escapeAll(VALUE, (code) => `\\u${hex(code, 4)}`)],
  ['JSON of units in a URL', url(escapeAll(VALUE, (code) => `\\u${hex(code, 4)}`))],
  ['escapes of bytes', [...buffer].map((byte) => `\\x${hex(byte, 2)}`).join('')],
  ['entities', escapeAll(VALUE, (code) => `&#${code};`)],
  ['entities in hex', escapeAll(VALUE, (code) => `&#x${hex(code, 2)};`)],
  ['HTML', VALUE.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
  ['hexadecimal with dashes', buffer.toString('hex').replace(/..(?!$)/g, '$&-')],
  ['hexadecimal of a program', [...buffer].map((byte) => `0x${hex(byte, 2)}`).join(', ')],
  [
    'JSON of units behind half a character',
    `\\ud83d${escapeAll(VALUE, (code) => `\\u${hex(code, 4)}`)}`,
  ],
  ['numbers with blanks', [...buffer].join(' ')],
  ['numbers', JSON.stringify([...buffer])],
  ['numbers over lines', JSON.stringify([...buffer], null, 2)],
  ['UTF-16', Buffer.from('sk-live-4eC39HqLyjWDarjtT1', 'utf16le')],
  ['UTF-16, the other order', Buffer.from('sk-live-4eC39HqLyjWDarjtT1', 'utf16le').swap16()],
];

const VALUES = [buffer, utf8('sk-live-4eC39HqLyjWDarjtT1')];

function isSeen(chunks: Iterable<Uint8Array>, values: readonly Uint8Array[] = VALUES): boolean {
  const scanner = new SecretScanner(new SecretNeedles(values));
  for (const chunk of chunks) if (scanner.push(chunk)) return true;
  return scanner.end();
}

function* inChunks(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const around = (form: string | Uint8Array) =>
  Buffer.concat([utf8('{"you sent": "'), Buffer.from(form), utf8('", "and": "100% & \\n more"}')]);

describe('a secret is seen', () => {
  test.each(FORMS)('as %s, whatever the chunks', (_, form) => {
    const bytes = around(form);
    for (const size of [1, 2, 3, 7, 16, 61, bytes.length]) {
      expect(isSeen(inChunks(bytes, size)), `chunks of ${size}`).toBe(true);
    }
    expect(isSeen([Buffer.from(form)])).toBe(true);
  });

  test('far behind the begin, and across the border of large chunks', () => {
    const bytes = Buffer.concat([Buffer.alloc(300_001, 'lorem ipsum '), buffer]);
    expect(isSeen(inChunks(bytes, 65_536))).toBe(true);
    expect(isSeen(inChunks(bytes, 300_010))).toBe(true);
  });

  test('without the scheme of its credentials', () => {
    const token = 'abcdef0123456789';
    expect(isSeen([around(token)], [utf8(`Bearer ${token}`)])).toBe(true);
    const basic = utf8(`Basic ${Buffer.from('user:long-password').toString('base64')}`);
    expect(isSeen([around('long-password')], [basic])).toBe(true);
  });

  test('by a piece of it, where it is long', () => {
    const body = Buffer.from(Array.from({ length: 900 }, (_, i) => (i * 167 + (i >> 4)) & 0xff));
    const [head, end] = ['BEGIN', 'END'].map((word) => `-----${word} PRIVATE KEY-----\n`);
    const pem = `${head}${lines(body.toString('base64'))}\n${end}`;
    expect(isSeen([around(pem)], [utf8(pem)])).toBe(true);
    expect(isSeen([around(json(pem))], [utf8(pem)])).toBe(true);
    expect(isSeen([around(pem.slice(100, 700))], [utf8(pem)])).toBe(true);
    expect(isSeen([around('-----BEGIN PRIVATE KEY-----\nAAAA')], [utf8(pem)])).toBe(false);
  });
});

describe('a secret that breaks off at the end', () => {
  const isCut = (text: string) => {
    const scanner = new SecretScanner(new SecretNeedles([buffer]));
    return scanner.push(utf8(text)) || scanner.isPending;
  };

  test.each([
    ['itself', VALUE],
    ['JSON of units', escapeAll(VALUE, (code) => `\\u${hex(code, 4)}`)],
    ['a part of a URL', [...buffer].map((byte) => `%${hex(byte, 2)}`).join('')],
    ['entities', escapeAll(VALUE, (code) => `&#${code};`)],
    ['units in a URL', url(escapeAll(VALUE, (code) => `\\u${hex(code, 4)}`))],
    ['hexadecimal', buffer.toString('hex')],
    ['base64', buffer.toString('base64')],
  ])('is seen as %s, wherever it does', (_, form) => {
    for (let size = Math.ceil(form.length / 2); size < form.length; size += 1) {
      expect(isCut(`you sent ${form.slice(0, size)}`), form.slice(0, size)).toBe(true);
    }
  });

  test('is not seen in fewer than six bytes of it', () => {
    expect(isCut(`you sent ${VALUE.slice(0, 5)}`)).toBe(false);
    expect(isCut(`you sent ${VALUE.slice(0, 6)}`)).toBe(true);
    const bearer = new SecretScanner(new SecretNeedles([utf8('Bearer abcdef0123456789')]));
    expect(bearer.push(utf8('he was the Bearer ')) || bearer.isPending).toBe(false);
  });
});

test('a value of 64 KiB is made ready at once', () => {
  const digits = Buffer.from(
    Array.from({ length: 65_536 }, (_, i) => 48 + ((i * i + (i >> 3)) % 10)),
  );
  const { patterns } = new SecretNeedles([digits]);
  expect(patterns.states).toBeLessThan(20_000);
  expect(isSeen([digits.subarray(1)], [digits])).toBe(true);
});

describe('a secret is not seen', () => {
  test.each([
    ['in other text', 'sk-live/ is how keys begin, and 4eC39H is none'],
    ['in a part of itself', VALUE.slice(0, -3)],
    ['in all but its begin', VALUE.slice(3)],
    ['in nothing', ''],
    ['in what breaks off', '\\u00'],
    ['in broken sequences', '%zz %1 \\u12 \\q &; &nope; &#; &#xx; &#99999999; \\ud83d\\u0041 %'],
  ])('%s', (_, text) => {
    for (const size of [1, 5, 1000]) expect(isSeen(inChunks(around(text), size))).toBe(false);
  });

  test('where it is compressed: that is for whoever asks for compression', () => {
    expect(isSeen([gzipSync(buffer)])).toBe(false);
  });

  test('when there is none', () => {
    expect(isSeen([around(VALUE)], [])).toBe(false);
  });
});
