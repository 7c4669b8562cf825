import { RefusalError } from '@aos/canon';
import { HELLO_LIMITS, MessageReader, MessageWriter, REQUEST_LIMITS } from '@aos/client/wire';
import type { PlainValue } from '@aos/protocol';
import { describe, expect, it } from 'vitest';

function read(bytes: Buffer, limits = REQUEST_LIMITS): PlainValue | undefined {
  const reader = new MessageReader(limits);
  reader.push(bytes);
  return reader.next();
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    return error instanceof RefusalError ? error.code : String(error);
  }
}

const framed = (...body: number[]) => Buffer.from([0, 0, 0, body.length, ...body]);
const twice = (name: string) => {
  const field = [0xa0 | name.length, ...Buffer.from(name), 0x01];
  return framed(0x82, ...field, ...field);
};
/** A megabyte of heads, each with the count of all that could be behind it. */
const announcing = (head: number) => {
  const body = Buffer.alloc(1 << 20, Buffer.from([head, 0x00, 0x03, 0xff, 0xff]));
  return Buffer.concat([Buffer.from([0, 0x10, 0, 0]), body]);
};
const line = (text: string) => Buffer.from(`${text}\n`);

describe('a length', () => {
  it('of four gigabytes is refused at once', () => {
    expect(codeOf(() => read(Buffer.from([0x01, 0, 0, 1])))).toBe('control-too-large');
    expect(codeOf(() => read(Buffer.from([0xff, 0xff, 0xff, 0xff])))).toBe('control-too-large');
  });

  it('of a stranger is refused beyond that of a hello', () => {
    expect(codeOf(() => read(Buffer.from([0, 0, 0x10, 0x01]), HELLO_LIMITS))).toBe(
      'control-too-large',
    );
  });
});

describe('MessagePack that means no plain value', () => {
  const cases: readonly (readonly [what: string, bytes: Buffer])[] = [
    ['a float', framed(0xcb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0)],
    ['an extension', framed(0xd4, 1, 1)],
    ['the unused byte', framed(0xc1)],
    ['a name that is no text', framed(0x81, 0x01, 0x01)],
    ['a name that stands twice', framed(0x82, 0xa1, 0x61, 0x01, 0xa1, 0x61, 0x01)],
    ['text that is not UTF-8', framed(0xa2, 0xc3, 0x28)],
    ['a float that could be an integer', framed(0xca, 0x3f, 0x80, 0, 0)],
    ['a name that is a record', framed(0x81, 0x80, 0x01)],
    ['`__proto__` that stands twice', twice('__proto__')],
    ['a long text that is not UTF-8', framed(0xd9, 33, ...new Array(32).fill(0x61), 0xff)],
    ['a name that is not UTF-8', framed(0x81, 0xa2, 0xc3, 0x28, 0x01)],
    ['levels of lists that announce all there is', announcing(0xdd)],
    ['levels of maps that announce all there is', announcing(0xdf)],
    ['a list of more values than bytes', framed(0xdd, 0x00, 0xff, 0xff, 0xff)],
    ['a map of more values than bytes', framed(0xdf, 0x7f, 0xff, 0xff, 0xff)],
    ['bytes that are not there', framed(0xc6, 0x00, 0xff, 0xff, 0xff, 1)],
    ['more than one value', framed(0x01, 0x02)],
    ['nothing', framed()],
    ['too many levels', Buffer.from([0, 0, 1, 0, ...new Array(255).fill(0x91), 0x01])],
    [
      'too many values',
      Buffer.concat([Buffer.from([0, 4, 0, 5, 0xdd, 0, 4, 0, 0]), Buffer.alloc(1 << 18, 0x80)]),
    ],
  ];
  it.each(cases)('is refused: %s', (_, bytes) => {
    expect(codeOf(() => read(bytes))).toBe('control-frame');
  });
});

describe('lines of JSON', () => {
  it('carry bytes and exact integers, and may be blank', () => {
    const value = read(
      Buffer.from('\n  \r\n{"a": {"$bytes": "AQI="}, "b": 18446744073709551615}\n'),
    );
    expect(value).toEqual({ a: new Uint8Array([1, 2]), b: 2n ** 64n - 1n });
  });

  it('that are no plain values are refused', () => {
    for (const text of [
      '{"a": 1.5}',
      '{"a": 1, "a": 2}',
      '{',
      '{"$bytes": "!"}',
      '{"$record": 1}',
    ]) {
      expect(codeOf(() => read(line(text)))).toBe('control-frame');
    }
    expect(codeOf(() => read(Buffer.from([0x7b, 0xff, 0x0a])))).toBe('control-frame');
    expect(codeOf(() => read(line(`{"a": [${'1,'.repeat(1 << 18)}1]}`)))).toBe('control-frame');
  });

  it('without an end are given up when they are too long', () => {
    const reader = new MessageReader(HELLO_LIMITS);
    reader.push(Buffer.from('{'));
    expect(reader.next()).toBeUndefined();
    reader.push(Buffer.alloc(5000, 0x20));
    expect(codeOf(() => reader.next())).toBe('control-too-large');
  });

  it('may be as long as their commas in texts', () => {
    const text = ','.repeat(1 << 19);
    expect(read(line(`{"a": "${text}\\""}`))).toEqual({ a: `${text}"` });
  });
});

describe('writing', () => {
  const writer = new MessageWriter(1000);

  it('refuses what is too large, and goes on', () => {
    for (const framing of ['pack', 'json'] as const) {
      const large = { a: 'x'.repeat(1001) };
      expect(codeOf(() => writer.write(large, framing))).toBe('control-too-large');
      expect(read(writer.write({ a: 1 }, framing))).toEqual({ a: 1 });
    }
  });

  it('leaves out what is undefined, and refuses what is no integer', () => {
    const value = { a: undefined, b: 1 } as unknown as PlainValue;
    expect(read(writer.write(value, 'pack'))).toEqual({ b: 1 });
    expect(read(writer.write(value, 'json'))).toEqual({ b: 1 });
    expect(codeOf(() => writer.write({ a: 0.5 }, 'pack'))).toBe('control-frame');
    expect(codeOf(() => writer.write({ a: 2n ** 64n }, 'pack'))).toBe('control-frame');
  });

  it('refuses what is no plain value', () => {
    const cases: readonly unknown[] = [
      ...[1.5, Number.NaN, 2 ** 53, -(2n ** 63n) - 1n, Symbol('a'), () => 1],
      ...[new Date(0), new Map(), new Uint16Array(1), new DataView(new ArrayBuffer(1))],
    ];
    for (const value of cases) {
      expect(codeOf(() => writer.write({ a: value } as PlainValue, 'pack'))).toBe('control-frame');
    }
    let deep: PlainValue = [];
    for (let i = 0; i < 140; i++) deep = [deep];
    expect(codeOf(() => writer.write(deep, 'pack'))).toBe('control-frame');
  });

  it('keeps integers short, texts whole and every name', () => {
    const long = `\ufeff${'x'.repeat(300)}`;
    const value = JSON.parse(`{"__proto__": {"a": 1}, "\ufeff": "${long}"}`) as PlainValue;
    const record = read(writer.write(value, 'pack')) as { readonly [name: string]: PlainValue };
    expect(Object.entries(record)).toEqual([
      ['__proto__', { a: 1 }],
      ['\ufeff', long],
    ]);
    expect(writer.write(5n, 'pack').length).toBe(5);
    for (const edge of [2 ** 32, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, 2n ** 64n - 1n]) {
      expect(read(writer.write([edge], 'pack'))).toEqual([edge]);
    }
    expect(read(writer.write(['a\ud800'], 'pack'))).toEqual(['a\ufffd']);
  });

  it('forgets the room that one large message took', () => {
    const reader = new MessageReader(REQUEST_LIMITS);
    const large = new MessageWriter(REQUEST_LIMITS.bytes);
    const bytes = large.write({ a: new Uint8Array(1 << 22) }, 'pack');
    for (let at = 0; at < bytes.length; at += 65_536) reader.push(bytes.subarray(at, at + 65_536));
    expect(reader.next()).toMatchObject({ a: { length: 1 << 22 } });
    expect(reader.sizeBytes).toBe(0);
  });
});
