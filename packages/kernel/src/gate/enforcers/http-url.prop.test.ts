import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddress6, printAddress6 } from './address6.js';
import { parseHttpUrl } from './http-url.js';

/** Pieces of which URLs and mistakes are made. */
const piece = fc.constantFrom(
  ...['https', 'http', 'HTTP', '://', ':', '/', '//', '\\', '@', '#', '?', '.', '..', '%', '%2e'],
  ...['%2F', '%5c', '%25', '%00', '%41', '%c3%bc', ';', 'a', 'Z', '0', '1', '08', '0x7f', '255'],
  ...['good.example', 'localhost', '127.0.0.1', '[::1]', '[', ']', '::', 'ffff', ':443', ':80'],
  ...[
    ' ',
    '\t',
    '\n',
    '\u3002',
    '\uff0e',
    '\u212a',
    '\u017f',
    'ü',
    '-',
    '_',
    'xn--',
    '*',
    '&',
    '=',
  ],
);

const url = fc.oneof(
  fc.array(piece, { maxLength: 10 }).map((pieces) => `https://${pieces.join('')}`),
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.webUrl(),
);

const LARGE = { numRuns: 20_000 };

describe('a URL that is accepted', () => {
  test('is refused by the platform, or has the host, scheme and port that it reads', () => {
    fc.assert(
      fc.property(url, (text) => {
        const read = parseHttpUrl(text);
        if (!read.ok || !URL.canParse(text)) return;
        const ours = read.value;
        const theirs = new URL(text);
        const { protocol, hostname, port, username, password, hash } = theirs;
        expect([protocol, username, password, hash]).toEqual([`${ours.scheme}:`, '', '', '']);
        if (ours.scheme !== 'http' && ours.scheme !== 'https') return;
        expect(hostname).toBe(ours.host.text);
        const portOf = { http: 80, https: 443 }[ours.scheme];
        expect(port === '' ? portOf : Number(port)).toBe(ours.port);
      }),
      LARGE,
    );
  });

  test('has a path that the platform does not shorten', () => {
    fc.assert(
      fc.property(url, (text) => {
        const read = parseHttpUrl(text);
        if (!read.ok || !URL.canParse(text) || !/^https?$/.test(read.value.scheme)) return;
        const ours = read.value;
        const { pathname } = new URL(text);
        const again = parseHttpUrl(`https://a.example${pathname}`);
        expect(again.ok ? again.value.path : again.refusal).toBe(ours.path);
        for (let path = ours.path, rounds = 0; rounds < 8; rounds++) {
          expect(new URL(`https://a.example${path}`).pathname.length).toBe(path.length);
          path = path.replace(/%([0-7][0-9a-f])/gi, (_, hex) =>
            String.fromCharCode(Number.parseInt(hex, 16)),
          );
          if (/[?#%]/.test(path)) break;
        }
      }),
      LARGE,
    );
  });
});

describe('IPv6 addresses', () => {
  const address = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) =>
    // Zero groups are what the short form is about.
    bytes.map((byte, i) => ((bytes[i & ~1] as number) < 128 ? 0 : byte)),
  );

  test('have one text, which is that of the platform, and it reads back', () => {
    fc.assert(
      fc.property(address, (bytes) => {
        const text = printAddress6(bytes);
        expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`);
        expect(parseAddress6(text)).toEqual(bytes);
      }),
      LARGE,
    );
  });
});
