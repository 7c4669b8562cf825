import { describe, expect, test } from 'vitest';
import { parseHttpUrl, parsePath } from './http-url.js';

const NO_URL = { ok: false, refusal: { code: 'invalid-url', at: 'params/url' } };

/** `%41`, escaped so often that it takes this many rounds to read it. */
const escaped = (rounds: number, hex = '41') => `/%${'25'.repeat(rounds - 1)}${hex}`;

describe('a URL', () => {
  test('has at most 8,192 characters', () => {
    const long = (size: number) => `https://a.example/`.padEnd(size, 'a');
    expect(parseHttpUrl(long(8_192)).ok).toBe(true);
    expect(parseHttpUrl(long(8_193))).toMatchObject(NO_URL);
  });

  test.each([
    ['a blank', ' '],
    ['a line end', '\n'],
    ['a foreign letter', 'ü'],
    ['a backslash', '\\'],
    ['a fragment', '#'],
    ['half a surrogate pair', '\ud800'],
  ])('has not even in its query %s', (_, text) => {
    expect(parseHttpUrl(`https://a.example/?a${text}b`)).toMatchObject(NO_URL);
  });

  test.each([
    ['https://a.example', 443],
    ['http://a.example', 80],
    ['ftp://a.example', 0],
    ['https://a.example:1', 1],
    ['https://a.example:65535', 65_535],
  ])('%s goes to the port %d, and its path is a slash', (url, port) => {
    expect(parseHttpUrl(url)).toMatchObject({ ok: true, value: { port, path: '/' } });
  });

  test.each([['https://a.example:65536'], ['https://a.example:0'], ['ftp://a.example:0']])(
    '%s goes nowhere',
    (url) => {
      expect(parseHttpUrl(url)).toMatchObject(NO_URL);
    },
  );

  test('has a name of 253 characters and labels of 63 at most', () => {
    const label = 'a'.repeat(63);
    const name = [label, label, label, 'a'.repeat(61)].join('.');
    expect(name).toHaveLength(253);
    expect(parseHttpUrl(`https://${name}/`).ok).toBe(true);
    expect(parseHttpUrl(`https://${name}a/`)).toMatchObject(NO_URL);
    expect(parseHttpUrl(`https://${label}a.example/`)).toMatchObject(NO_URL);
  });
});

describe('a path', () => {
  test.each([
    ['/a%20b', '/a%20b'],
    ['/%7e%41', '/~A'],
    ['/gr%c3%bc%C3%9fe', '/gr%C3%BC%C3%9Fe'],
    ['/a%2fb', '/a%2Fb'],
  ])('%s is spelled %s', (raw, path) => {
    expect(parsePath(raw)).toMatchObject({ ok: true, value: { path } });
  });

  test.each([
    ['a bracket', '/a[b'],
    ['a closing bracket', '/a]b'],
    ['a query', '/a?b'],
    ['a blank', '/a b'],
    ['a foreign letter', '/ü'],
    ['an escape that is cut off', '/a%4'],
    ['an escape without digits', '/a%'],
    ['an escape of one digit', '/%7g'],
    ['an escaped delete', '/%7f'],
    ['an escaped unit separator', '/%1F'],
    ['bytes that are no UTF-8', '/%c3'],
    ['escaped dots', '/%2e%2e/a'],
    ['a dot segment', '/a/./b'],
  ])('is none with %s', (_, raw) => {
    expect(parsePath(raw)).toMatchObject(NO_URL);
  });

  test('is escaped fewer than eight times over', () => {
    expect(parsePath(escaped(7)).ok).toBe(true);
    expect(parsePath(escaped(8))).toMatchObject(NO_URL);
    // a byte that is no character of ASCII hides nothing, and its last escape stays
    expect(parsePath(escaped(8, '80')).ok).toBe(true);
    expect(parsePath(escaped(9, '80'))).toMatchObject(NO_URL);
  });

  test.each([
    ['/a/b', false],
    ['/a%2fb', true],
    ['/a%252Fb', true],
    ['/a%5cb', true],
    ['/a%20b/c', false],
  ])('%s hides a slash: %s', (raw, hidesSlash) => {
    expect(parsePath(raw)).toMatchObject({ ok: true, value: { hidesSlash } });
  });
});
