import { encode } from '@aos/canon';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HttpFailure } from './failure.js';
import { encodeParams, parseParams } from './params.js';

const URL_TEXT = 'http://a.example/';
const SOUND = { method: 'GET', url: URL_TEXT, headers: {}, body_ref: null };
const WISHES = { max_redirects: null, max_body_bytes: null, truncate: null, timeout_ns: null };

const secretOf = (ref: object) => ({ $tag: 'secret', $value: ref });

/** The failure that parameters lead to. */
function failureOf(fields: object): HttpFailure | undefined {
  try {
    parseParams(encode(fields as never));
    return undefined;
  } catch (error) {
    if (error instanceof HttpFailure) return error;
    throw error;
  }
}

/** Where the parameters are not what they should be. */
const placeOf = (fields: object) => failureOf(fields)?.message.split(' at ')[1];

describe('parameters of a request', () => {
  test.each([
    ['no field', {}, 'params/'],
    ['a field too few', { method: 'GET', url: URL_TEXT, headers: {} }, 'params/'],
    ['a field too many', { ...SOUND, more: 1 }, 'params/'],
    ['some fields of version 2', { ...SOUND, truncate: true }, 'params/'],
    ['a method that is no token', { ...SOUND, method: 'GET /' }, 'params/method'],
    ['no method', { ...SOUND, method: '' }, 'params/method'],
    ['a tunnel', { ...SOUND, method: 'connect' }, 'params/method'],
    ['no URL', { ...SOUND, url: 'a.example' }, 'params/url'],
    ['another scheme', { ...SOUND, url: 'ftp://a.example/' }, 'params/url'],
    ['user information', { ...SOUND, url: 'http://u:p@a.example/' }, 'params/url'],
    ['a fragment', { ...SOUND, url: 'http://a.example/#x' }, 'params/url'],
    ['port zero', { ...SOUND, url: 'http://a.example:0/' }, 'params/url'],
    ['headers that are no map', { ...SOUND, headers: [] }, 'params/headers'],
    ['a header without a name', { ...SOUND, headers: { '': 'x' } }, 'params/headers'],
    ['a header with a blank', { ...SOUND, headers: { 'a b': 'x' } }, 'params/headers'],
    ['a line end in a header', { ...SOUND, headers: { a: 'x\r\nb: y' } }, 'params/headers/a'],
    ['a null in a header', { ...SOUND, headers: { a: 'x\0' } }, 'params/headers/a'],
    ['a header that is no text', { ...SOUND, headers: { a: 1 } }, 'params/headers/a'],
    ['a header twice', { ...SOUND, headers: { a: 'x', A: 'y' } }, 'params/headers/a'],
    ['another host', { ...SOUND, headers: { Host: 'b.example' } }, 'params/headers/Host'],
    ['a length', { ...SOUND, headers: { 'Content-Length': '5' } }, 'params/headers/Content-Length'],
    [
      'an encoding',
      { ...SOUND, headers: { 'transfer-encoding': 'x' } },
      'params/headers/transfer-',
    ],
    ['a connection', { ...SOUND, headers: { connection: 'close' } }, 'params/headers/connection'],
    ['an expectation', { ...SOUND, headers: { expect: '100-continue' } }, 'params/headers/expect'],
    ['a body that is no hash', { ...SOUND, body_ref: 'x' }, 'params/body_ref'],
    ['a wish that is none', { ...SOUND, ...WISHES, truncate: 1 }, 'params/truncate'],
    ['a negative wish', { ...SOUND, ...WISHES, max_redirects: -1 }, 'params/max_redirects'],
    ['a text of version 1 in 2', { ...SOUND, ...WISHES, headers: { a: 'x' } }, 'params/headers/a'],
    [
      'a secret for the host',
      { ...SOUND, ...WISHES, headers: { host: secretOf({ alias: 'key', version: 1 }) } },
      'params/headers/host',
    ],
    [
      'a secret without a version',
      { ...SOUND, ...WISHES, headers: { a: secretOf({ alias: 'key' }) } },
      'params/headers/a',
    ],
    [
      'a literal of version 2 in 1',
      { ...SOUND, headers: { a: { $tag: 'literal', $value: 'x' } } },
      'params/headers/a',
    ],
  ])('with %s are none', (_, fields, place) => {
    expect(failureOf(fields)?.code).toBe('http-params-invalid');
    expect(placeOf(fields)?.startsWith(place)).toBe(true);
  });

  test.each([encode(null), encode([]), new Uint8Array(), Uint8Array.of(0xff)])(
    'are a record',
    (bytes) => {
      expect(() => parseParams(bytes)).toThrow(/record/);
    },
  );

  test('may write the host of the URL once more', () => {
    const headers = { Host: 'A.example', accept: '*/*' };
    expect(parseParams(encode({ ...SOUND, headers })).headers).toEqual([['accept', '*/*']]);
  });

  test('of version 2 may have secrets for headers, and keep them secret', () => {
    const secret = { $tag: 'secret', $value: { alias: 'key', version: 1 } };
    const fields = { ...SOUND, ...WISHES, truncate: false, headers: { authorization: secret } };
    const params = parseParams(encode(fields));
    expect(params.headers).toEqual([['authorization', { alias: 'key', version: 1 }]]);
    expect(encodeParams(params)).toEqual(encode(fields));
    expect(failureOf({ ...SOUND, headers: { authorization: secret } })?.code).toBe(
      'http-params-invalid',
    );
  });

  const wish = fc.option(fc.maxSafeNat());
  const fields2 = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PROPFIND'),
    url: fc.webUrl({ withQueryParameters: true }).map((text) => new URL(text).href),
    headers: fc
      .uniqueArray(fc.stringMatching(/^x-[a-z]{1,5}$/))
      .map((names) => new Map(names.map((name) => [name, { $tag: 'literal', $value: name }]))),
    body_ref: fc.constantFrom(null, `sha256:${'1'.repeat(64)}`),
    ...{ max_redirects: wish, max_body_bytes: wish, timeout_ns: wish, truncate: fc.boolean() },
  });

  test('come back as they were when they are written again', () => {
    fc.assert(
      fc.property(fields2, (fields) => {
        const bytes = encode(fields as never);
        expect(encodeParams(parseParams(bytes))).toEqual(bytes);
      }),
    );
    const bytes = encode({ ...SOUND, headers: { 'x-a': 'b' } });
    expect(encodeParams(parseParams(bytes))).toEqual(bytes);
  });

  test('beyond what a number holds are as much as one holds', () => {
    const huge = { ...SOUND, ...WISHES, max_body_bytes: 2n ** 64n - 1n };
    expect(parseParams(encode(huge)).wishes.maxBodyBytes).toBe(Number.MAX_SAFE_INTEGER);
  });
});
