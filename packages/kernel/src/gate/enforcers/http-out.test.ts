import { encode } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { ask, gateOf, type Json, outcomeOf, verdictOf } from '../../../test/gate-world.js';
import { checkAddress } from '../recheck.js';

const CAPS = ['sys/http.out@1', 'sys/http.out@2'];

interface HttpAsk {
  readonly url: string;
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
}

const brief = (params: Json, version: 1 | 2 = 1) => ({
  caps: CAPS,
  grants: [{ name: 'web', cap: `sys/http.out@${version}`, params }],
});

function checked(params: Json, { url, method = 'GET', headers = {} }: HttpAsk, version: 1 | 2 = 1) {
  const request = { url, method, headers };
  const asked = ask({ effect: 'http.request', cap: 'web', params: encode(request) });
  return verdictOf(brief(params, version), asked);
}

const codeOf = (params: Json, request: HttpAsk, version: 1 | 2 = 1) =>
  outcomeOf(checked(params, request, version));

describe('a URL is what every parser takes it for, or refused', () => {
  const narrow = { hosts: ['good.example', '[2001:db8::1]', '8.8.8.8'] };

  test.each([
    ['https://good.example'],
    ['https://good.example/'],
    ['HTTPS://GOOD.Example/a/b?c=d&e=/../x'],
    ['https://good.example:8443/'],
    ['https://good.example?q=1'],
    ['https://good.example/%41%7a'],
    ['https://good.example/a/...'],
    ['https://good.example/a//b'],
    ['https://good.example/gr%C3%BC%C3%9Fe'],
    ['https://good.example/?x[]=1&y=@z'],
    ['https://[2001:DB8:0:0:0:0:0:1]:444/'],
    ['https://[2001:db8::0.0.0.1]/'],
    ['https://8.8.8.8/'],
  ])('%s goes out', (url) => {
    expect(codeOf(narrow, { url })).toBe('open');
  });

  test.each([
    ['user information before the host', 'https://good.example@evil.example/'],
    ['user information with a password', 'https://good.example:443@evil.example/'],
    ['user information that looks like a path', 'https://evil.example/@good.example', 'host'],
    ['user information that is empty', 'https://@good.example/'],
    ['an escaped @ in the host', 'https://good.example%40evil.example/'],
    ['a backslash for a slash', 'https://good.example\\@evil.example/'],
    ['a backslash behind the host', 'https://evil.example\\.good.example/'],
    ['backslashes for both slashes', 'https:\\\\good.example/'],
    ['one slash', 'https:/good.example/'],
    ['three slashes', 'https:///good.example/'],
    ['no scheme', '//good.example/'],
    ['no scheme and no slashes', 'good.example/'],
    ['a blank in front', ' https://good.example/'],
    ['a blank behind', 'https://good.example/ '],
    ['a tab in the host', 'https://good\t.example/'],
    ['a line end in the host', 'https://good.example\n.evil.example/'],
    ['a carriage return in the path', 'https://good.example/a\rb'],
    ['a null', 'https://good.example\0.evil.example/'],
    ['a fragment', 'https://good.example/#x'],
    ['a fragment that hides the host', 'https://evil.example#@good.example/'],
    ['a query that hides the host', 'https://evil.example?@good.example/', 'host'],
    ['a longer name', 'https://good.example.evil.example/', 'host'],
    ['a name that ends the same', 'https://notgood.example/', 'host'],
    ['a name inside', 'https://sub.good.example/', 'host'],
    ['a trailing dot', 'https://good.example./'],
    ['two dots', 'https://good..example/'],
    ['a leading dot', 'https://.good.example/'],
    ['an ideographic full stop', 'https://good\u3002example/'],
    ['a full-width letter', 'https://good.ex\uff41mple/'],
    ['a Kelvin sign', 'https://\u212Aelvin.example/'],
    ['a long s', 'https://good.e\u017Fample/'],
    ['a soft hyphen', 'https://go\u00ADod.example/'],
    ['a zero-width blank', 'https://good\u200b.example/'],
    ['an umlaut that is not punycode', 'https://g\u00fcd.example/'],
    ['a lone surrogate', 'https://good.example/\ud800', 'schema'],
    ['escapes in the host', 'https://g%6Fod.example/'],
    ['an empty host', 'https:///'],
    ['an empty host with a port', 'https://:443/'],
    ['an empty port', 'https://good.example:/'],
    ['a port of letters', 'https://good.example:http/'],
    ['a signed port', 'https://good.example:+443/'],
    ['a port with zeros in front', 'https://good.example:0443/'],
    ['port zero', 'https://good.example:0/'],
    ['a port beyond all ports', 'https://good.example:65536/'],
    ['a port that wraps around', 'https://good.example:4294967739/'],
    ['two ports', 'https://good.example:80:443/'],
    ['a host that begins with a hyphen', 'https://-good.example/'],
    ['a label of 64 letters', `https://${'a'.repeat(64)}.example/`],
    ['a name of 256 letters', `https://${'a.'.repeat(128)}example/`],
    ['an address with zeros in front', 'https://08.8.8.8/'],
    ['an address in octal', 'https://010.010.010.010/'],
    ['an address in hexadecimal', 'https://0x8.0x8.0x8.0x8/'],
    ['an address of one number', 'https://134744072/'],
    ['an address of one hexadecimal number', 'https://0x08080808/'],
    ['an address of two numbers', 'https://8.8/'],
    ['an address of three numbers', 'https://8.8.2056/'],
    ['an address of five numbers', 'https://8.8.8.8.8/'],
    ['an address with too large a number', 'https://8.8.8.256/'],
    ['an address with a trailing dot', 'https://8.8.8.8./'],
    ['a name whose last label is a number', 'https://good.example.1/'],
    ['a name whose last label is hexadecimal', 'https://good.0x7f/'],
    ['an IPv6 address without brackets', 'https://2001:db8::1/'],
    ['an IPv6 address with a zone', 'https://[2001:db8::1%25eth0]/'],
    ['an IPv6 address with two gaps', 'https://[2001::db8::1]/'],
    ['an IPv6 address with too few groups', 'https://[2001:db8:1]/'],
    ['an IPv6 address with too many groups', 'https://[1:2:3:4:5:6:7:8:9]/'],
    ['an IPv6 address with a long group', 'https://[02001:db8::1]/'],
    ['an IPv6 address with a bad dotted end', 'https://[::ffff:8.8.8.08]/'],
    ['a future address', 'https://[v1.good.example]/'],
    ['an unclosed bracket', 'https://[2001:db8::1/'],
    ['text behind a bracket', 'https://[2001:db8::1]good.example/'],
    ['another IPv6 address', 'https://[2001:db8::2]/', 'host'],
    ['an address mapped into IPv6', 'https://[::ffff:8.8.8.8]/', 'host'],
    ['dot segments', 'https://good.example/a/../b'],
    ['a dot segment at the end', 'https://good.example/a/..'],
    ['a single dot', 'https://good.example/./b'],
    ['escaped dots', 'https://good.example/a/%2e%2e/b'],
    ['half escaped dots', 'https://good.example/a/.%2E/b'],
    ['twice escaped dots', 'https://good.example/a/%252e%252e/b'],
    ['dots behind an escaped slash', 'https://good.example/a%2f..%2fb'],
    ['dots behind an escaped backslash', 'https://good.example/a%5c..%5cb'],
    ['dots with a parameter', 'https://good.example/a/..;x=1/b'],
    ['escapes without end', `https://good.example/%${'25'.repeat(20)}41`],
    ['a broken escape', 'https://good.example/%4'],
    ['an escape of other letters', 'https://good.example/%zz'],
    ['an overlong dot', 'https://good.example/%c0%ae%c0%ae/b'],
    ['an escaped null', 'https://good.example/a%00b'],
    ['an escaped line end', 'https://good.example/a%0d%0ab'],
    ['another scheme', 'ftp://good.example/', 'scheme'],
    ['another scheme with a port', 'ftp://good.example:21/', 'scheme'],
    ['a scheme that is code', 'javascript://good.example/?alert(1)', 'scheme'],
    ['a scheme that is code, on a line of its own', 'javascript://good.example/%0aalert(1)'],
    ['a file', 'file:///etc/passwd'],
    ['a URL of many characters', `https://good.example/${'a'.repeat(9_000)}`, 'too large'],
  ])('%s does not: %s', (_, url, reason = 'url') => {
    const codes = {
      url: 'invalid-url',
      host: 'host-not-allowed',
      scheme: 'scheme-not-allowed',
      schema: 'effect-params-invalid',
      'too large': 'effect-params-too-large',
    };
    const params = url.includes('\ud800') ? undefined : encode({ url, method: 'GET', headers: {} });
    const request = ask({ effect: 'http.request', cap: 'web', params: params ?? loneSurrogate });
    expect(outcomeOf(verdictOf(brief(narrow), request))).toBe(codes[reason as 'url']);
  });

  /** `{url: …, method: "GET", headers: {}}` whose URL has the bytes of half a surrogate pair. */
  const loneSurrogate = Uint8Array.from([
    ...[0xa3, 0x63, 0x75, 0x72, 0x6c, 0x63, 0xed, 0xa0, 0x80],
    ...[0x66, 0x6d, 0x65, 0x74, 0x68, 0x6f, 0x64, 0x63, 0x47, 0x45, 0x54],
    ...[0x67, 0x68, 0x65, 0x61, 0x64, 0x65, 0x72, 0x73, 0xa0],
  ]);
});

describe('what a grant of HTTP allows', () => {
  test.each([
    ['hosts', { hosts: ['GOOD.example'] }, 'https://good.EXAMPLE/', 'open'],
    ['hosts', { hosts: ['good.example'] }, 'https://bad.example/', 'host-not-allowed'],
    ['no hosts', { hosts: [] }, 'https://bad.example/', 'open'],
    ['schemes', { schemes: ['HTTPS'] }, 'https://a.example/', 'open'],
    ['schemes', { schemes: ['https'] }, 'http://a.example/', 'scheme-not-allowed'],
    ['no scheme but those of HTTP', { schemes: ['ftp'] }, 'ftp://a.example/', 'scheme-not-allowed'],
    ['the default port', { ports: [443] }, 'https://a.example/', 'open'],
    ['the default port of http', { ports: [443] }, 'http://a.example/', 'port-not-allowed'],
    ['a port that is spelled out', { ports: [80] }, 'https://a.example:80/', 'open'],
    ['ports', { ports: [443, 8443] }, 'https://a.example:444/', 'port-not-allowed'],
    ['a prefix', { path_prefixes: ['/v1'] }, 'https://a.example/v1', 'open'],
    ['a prefix', { path_prefixes: ['/v1'] }, 'https://a.example/v1/x?y', 'open'],
    ['a prefix', { path_prefixes: ['/v1'] }, 'https://a.example/v10', 'path-not-allowed'],
    ['a prefix', { path_prefixes: ['/v1/'] }, 'https://a.example/v1', 'path-not-allowed'],
    ['a prefix', { path_prefixes: ['/v1'] }, 'https://a.example/V1', 'path-not-allowed'],
    ['a prefix', { path_prefixes: ['/v1'] }, 'https://a.example/?/v1', 'path-not-allowed'],
    ['a prefix', { path_prefixes: ['/v1'] }, 'https://a.example//v1/', 'path-not-allowed'],
    ['a prefix in escapes', { path_prefixes: ['/v1'] }, 'https://a.example/%76%31/x', 'open'],
    ['an escaped prefix', { path_prefixes: ['/%7Eana'] }, 'https://a.example/~ana/x', 'open'],
    ['hidden slashes', { path_prefixes: ['/v1'] }, 'https://a.example/v1%2Fx', 'path-not-allowed'],
    [
      'hidden slashes',
      { path_prefixes: ['/v1'] },
      'https://a.example/v1/a%252fb',
      'path-not-allowed',
    ],
    ['hidden backslashes', { path_prefixes: ['/'] }, 'https://a.example/a%5Cb', 'path-not-allowed'],
    ['any of its prefixes', { path_prefixes: ['/v2', '/v1'] }, 'https://a.example/v1', 'open'],
    ['hidden slashes without prefixes', {}, 'https://a.example/a%2Fb', 'open'],
  ])('%s', (_, params, url, code) => {
    expect(codeOf(params as Json, { url })).toBe(code);
  });

  test.each([
    ['in any case', 'get', 'open'],
    ['and no other', 'POST', 'method-not-allowed'],
    ['and nothing with a blank', 'GET /evil', 'effect-params-invalid'],
    ['and nothing with a line end', 'GET\r\nX: y', 'effect-params-invalid'],
    ['and no letter that becomes one', 'G\u0395T', 'effect-params-invalid'],
    ['and not nothing', '', 'effect-params-invalid'],
  ])('methods %s', (_, method, code) => {
    expect(codeOf({ methods: ['Get'] }, { url: 'https://a.example/', method })).toBe(code);
  });

  test.each([
    ['another host', { Host: 'evil.example' }, 'header-not-allowed'],
    ['the same host', { host: 'A.example' }, 'open'],
    ['another method', { 'X-HTTP-Method-Override': 'DELETE' }, 'header-not-allowed'],
    ['a line end in a value', { accept: 'a\r\nHost: evil' }, 'effect-params-invalid'],
    ['a line end in a name', { 'a\r\nHost': 'evil' }, 'effect-params-invalid'],
    ['an empty name', { '': 'x' }, 'effect-params-invalid'],
    ['anything else', { accept: 'text/plain' }, 'open'],
  ])('headers are looked at: %s', (_, headers, code) => {
    const params = { methods: ['GET'], hosts: ['a.example'] };
    expect(codeOf(params, { url: 'https://a.example/', headers } as HttpAsk)).toBe(code);
  });

  test.each([
    ['a wildcard', { hosts: ['*.example'] }],
    ['a port in a host', { hosts: ['a.example:443'] }],
    ['a host of foreign letters', { hosts: ['g\u00fcd.example'] }],
    ['a scheme of foreign letters', { schemes: ['http\u017F'] }],
    ['a prefix without a slash', { path_prefixes: ['v1'] }],
    ['a prefix with dots', { path_prefixes: ['/a/../b'] }],
    ['a prefix with a query', { path_prefixes: ['/a?b'] }],
    ['a prefix with a blank', { path_prefixes: ['/a b'] }],
    ['a prefix that hides a slash', { path_prefixes: ['/a%2Fb'] }],
    ['an address without its last bracket', { hosts: ['[::1'] }],
    ['a method that is none', { methods: ['GET '] }],
  ])('nothing when it is not understood: %s', (_, params) => {
    expect(codeOf(params, { url: 'https://a.example/' })).toBe('cap-params-invalid');
  });

  test('nothing but HTTP requests', () => {
    const grants = [{ name: 'note', cap: 'g/note@1', params: {} }];
    const verdict = checked({ hosts: ['a.example'] }, { url: 'https://b.example/' });
    expect(verdict).toMatchObject({ at: 'grant web params hosts', decision: { policy: null } });
    expect(outcomeOf(verdictOf({ grants }, ask()))).toBe('open');
  });

  test('tells where a URL is that is none, and how ranges are written', () => {
    expect(checked({}, { url: 'a.example' })).toMatchObject({ at: 'params/url' });
    const asked = { url: 'https://a.example/' };
    expect(checked({ allow_private: ['10/8'] }, asked, 2)).toMatchObject({
      at: 'grant web params',
      advice: expect.stringContaining('as 10.0.0.0/8'),
    });
  });
});

describe('a header that names another path', () => {
  test.each(['X-Original-URL', 'x-rewrite-url'])('%s is denied under path_prefixes', (name) => {
    const headers = { [name]: '/admin' };
    const asked = { url: 'https://a.example/v1', headers } as HttpAsk;
    expect(codeOf({ path_prefixes: ['/v1'] }, asked)).toBe('header-not-allowed');
    expect(codeOf({}, asked)).toBe('open');
  });
});

describe('addresses that are not public', () => {
  const PRIVATE = [
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '[::]',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[::127.0.0.1]',
    '[64:ff9b::10.0.0.1]',
    '[2002:7f00:1::]',
    '[2001:0:1::]',
    '[fc00::1]',
    '[fe80::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[2001:db8::1]',
    'localhost',
    'LOCALHOST',
    'a.localhost',
  ];
  const PUBLIC = ['8.8.8.8', '172.32.0.1', '[2606:4700::1111]', '[64:ff9b::8.8.8.8]', 'a.example'];

  test.each(PRIVATE)('%s needs allow_private where that is a parameter', (host) => {
    const url = `http://${host}/`;
    expect(codeOf({}, { url }, 2)).toBe('address-not-allowed');
    expect(codeOf({ allow_private: [], hosts: [host] }, { url }, 2)).toBe('address-not-allowed');
    expect(codeOf({ allow_private: ['0.0.0.0/0', '::/0'] }, { url }, 2)).toBe('open');
    expect(codeOf({}, { url }, 1)).toBe('open');
  });

  test.each(PUBLIC)('%s is public', (host) => {
    expect(codeOf({}, { url: `http://${host}/` }, 2)).toBe('open');
  });

  test.each([
    ['10.0.0.0/8', '10.255.0.1', '11.0.0.0', '172.16.0.1'],
    ['127.0.0.1/32', '127.0.0.1', 'localhost', '[::ffff:127.0.0.1]'],
    ['172.16.0.0/12', '172.31.255.255', '[64:ff9b::172.16.0.1]'],
    ['fc00::/7', '[fd00::1]'],
    ['FC00:0::/7', '[fd00::1]'],
    ['::1/128', '[::1]', 'a.localhost'],
  ])('in %s are allowed by this range', (range, ...hosts) => {
    const codes = hosts.map((host) =>
      codeOf({ allow_private: [range] }, { url: `http://${host}/` }, 2),
    );
    const inside = hosts.map((host) => (host === '172.16.0.1' ? 'address-not-allowed' : 'open'));
    expect(codes).toEqual(inside);
  });

  test.each([
    ['10.0.0.0/8', '192.168.0.1'],
    ['10.0.0.0/8', 'localhost'],
    ['127.0.0.2/31', '127.0.0.1'],
    ['::1/128', '127.0.0.1'],
    ['::/0', '127.0.0.1'],
    ['0.0.0.0/0', '[fd00::1]'],
    ['fc00::/8', '[fd00::1]'],
  ])('outside of %s are not: %s', (range, host) => {
    const url = `http://${host}/`;
    expect(codeOf({ allow_private: [range] }, { url }, 2)).toBe('address-not-allowed');
  });

  test.each([
    ...['10.0.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.1/8', '10.0/8', '010.0.0.0/8', '::/129'],
    ...[
      '10.1.0.0/8',
      '11.0.0.0/7',
      '10.0.0.0/08',
      '10.0.0.0/8/8',
      '[::1]/128',
      'fc00::1/7',
      'localhost',
      'a.example/8',
      '',
    ],
  ])('are none in %j, which is no range', (range) => {
    const url = 'https://a.example/';
    const params = { allow_private: ['127.0.0.0/8', range] };
    expect(codeOf(params, { url }, 2)).toBe('cap-params-invalid');
  });

  test('in a range are allowed as what a name stands for', () => {
    const gate = gateOf(brief({ allow_private: ['10.0.0.0/8'] }, 2));
    const codeFor = (...address: number[]) =>
      checkAddress(gate, 'web', Uint8Array.from(address))?.code;
    expect(codeFor(10, 1, 2, 3)).toBe(undefined);
    expect(codeFor(127, 0, 0, 1)).toBe('address-not-allowed');
    expect(codeFor(8, 8, 8, 8)).toBe(undefined);
  });

  test('are looked at again when a name has been resolved', () => {
    const gate = gateOf(brief({}, 2));
    const codeFor = (...address: number[]) =>
      checkAddress(gate, 'web', Uint8Array.from(address))?.code;
    expect(codeFor(8, 8, 8, 8)).toBe(undefined);
    expect(codeFor(127, 0, 0, 1)).toBe('address-not-allowed');
    expect(codeFor(1, 2, 3)).toBe('address-not-allowed');
    expect(codeFor(0x26, 7, 0xf8)).toBe('address-not-allowed');
    expect(checkAddress(gate, 'other', Uint8Array.of(8, 8, 8, 8))?.code).toBe('grant-not-found');
    expect(checkAddress(gateOf(brief({})), 'web', Uint8Array.of(127, 0, 0, 1))).toBe(undefined);
  });
});
