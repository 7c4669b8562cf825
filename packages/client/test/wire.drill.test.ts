import { RefusalError } from '@aos/canon';
import { MessageReader, MessageWriter, REQUEST_LIMITS } from '@aos/client/wire';
import type { PlainValue } from '@aos/protocol';
import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';

const RUNS = { numRuns: process.env.AOS_DRILL === 'large' ? 20_000 : 300 };

const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -200, max: 70_000 }),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
);
const name = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', '$bytes', '$record', '', 'ä', '😀'),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const { value: plain } = fc.letrec<{ value: PlainValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    integer,
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(name, tie('value'), { maxKeys: 20, noNullPrototype: false }),
  ),
}));

/** Records without prototypes, as reading makes them. */
function bare(value: PlainValue): PlainValue {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map((item: PlainValue) => bare(item));
  const record = Object.create(null) as { [name: string]: PlainValue };
  for (const [key, item] of Object.entries(value)) record[key] = bare(item);
  return record;
}

function readAll(bytes: Buffer, cuts: readonly number[]): PlainValue[] {
  const reader = new MessageReader(REQUEST_LIMITS);
  const found: PlainValue[] = [];
  let from = 0;
  for (const cut of [...cuts.map((each) => each % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  )) {
    reader.push(bytes.subarray(from, cut));
    from = cut;
    for (let message = reader.next(); message !== undefined; message = reader.next()) {
      found.push(message);
    }
  }
  expect(reader.sizeBytes).toBe(0);
  return found;
}

const writer = new MessageWriter(REQUEST_LIMITS.bytes);
const cuts = fc.array(fc.nat(100_000), { maxLength: 6 });

type ReadAll = (bytes: Buffer, cuts: readonly number[]) => PlainValue[];

function assertReadBack(framing: 'json' | 'pack', read: ReadAll): void {
  const messages = fc.array(fc.dictionary(name, plain), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(messages, cuts, (given, at) => {
      const bytes = Buffer.concat(given.map((each) => writer.write(each, framing)));
      expect(read(bytes, at)).toEqual(given.map(bare));
    }),
    RUNS,
  );
}

describe('messages', () => {
  for (const framing of ['pack', 'json'] as const) {
    it(`come back as they were written as ${framing}, however the stream is cut`, () => {
      assertReadBack(framing, readAll);
    });

    it(`of chance as ${framing} are read or refused with a code, and never fail otherwise`, () => {
      fc.assert(
        fc.property(
          fc.dictionary(name, plain),
          fc.array(fc.tuple(fc.nat(), fc.nat(255))),
          (given, hits) => {
            const bytes = writer.write(given, framing);
            for (const [at, byte] of hits) bytes[at % bytes.length] = byte;
            expect(['control-frame', 'control-too-large', 'read']).toContain(outcomeOf(bytes));
          },
        ),
        RUNS,
      );
    });
  }
});

function outcomeOf(bytes: Buffer): string {
  const reader = new MessageReader(REQUEST_LIMITS);
  try {
    reader.push(bytes);
    while (reader.next() !== undefined);
    return 'read';
  } catch (error) {
    if (error instanceof RefusalError) return error.code;
    throw error;
  }
}

/** Another implementation. It reads records as maps, so that every name is only a name. */
const oracle = new Packr({ useRecords: false, mapsAsObjects: false, int64AsType: 'bigint' });

/** What the oracle has read. It reads every 64-bit integer as a bigint. */
function ours(value: unknown): PlainValue {
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  if (Array.isArray(value)) return value.map(ours);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (!(value instanceof Map)) return value as PlainValue;
  const record = Object.create(null) as { [name: string]: PlainValue };
  for (const [key, item] of value) record[key] = ours(item);
  return record;
}

/** What the oracle is to write: numbers beyond 32 bits would be floats, were they not bigints. */
function theirs(value: PlainValue): unknown {
  if (typeof value === 'number') return Math.abs(value) > 0x7fffffff ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(theirs);
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, theirs(item)]));
}

/** A message behind its length. */
function framed(body: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

describe('a reader that is wrong now and then', () => {
  const rounding: ReadAll = (bytes, at) => readAll(bytes, at).map(rounded);
  const forgetful: ReadAll = (bytes, at) => readAll(bytes, at).slice(at.length > 5 ? 1 : 0);
  it.each([rounding, forgetful])('is found out', (read) => {
    for (const framing of ['pack', 'json'] as const) {
      expect(() => assertReadBack(framing, read)).toThrow();
    }
  });
});

/** As a reader that knows no exact integers. */
function rounded(value: PlainValue): PlainValue {
  if (typeof value === 'bigint') return BigInt(Number(value));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return bare(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item)])));
}

const { value: textual } = fc.letrec<{ value: PlainValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger().map((n) => (n === 0 ? 0 : n)),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(
      name.filter((each) => !each.startsWith('$')),
      tie('value'),
      { maxKeys: 20 },
    ),
  ),
}));

describe('JSON', () => {
  it('is read and written as the platform does, where the platform is exact', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', '__proto__', 'ä'), textual), (given) => {
        const bytes = writer.write(given, 'json');
        expect(bare(JSON.parse(bytes.toString()))).toEqual(bare(given));
        expect(readAll(Buffer.from(`${JSON.stringify(given)}\n`), [])).toEqual([bare(given)]);
      }),
      RUNS,
    );
  });
});

describe('MessagePack', () => {
  const records = fc.dictionary(name, plain);

  it('is read by another implementation as what was written', () => {
    fc.assert(
      fc.property(records, (given) => {
        const body = writer.write(given, 'pack').subarray(4);
        expect(ours(oracle.unpack(body))).toEqual(bare(given));
      }),
      RUNS,
    );
  });

  it('written by another implementation is read as what it was', () => {
    fc.assert(
      fc.property(records, (given) => {
        const bytes = framed(oracle.pack(theirs(given)));
        expect(readAll(bytes, [])).toEqual([bare(given)]);
      }),
      RUNS,
    );
  });

  it('means the same as JSON', () => {
    fc.assert(
      fc.property(records, (given) => {
        const [packed] = readAll(writer.write(given, 'pack'), []);
        const [line] = readAll(writer.write(given, 'json'), []);
        expect(packed).toEqual(line);
      }),
      RUNS,
    );
  });

  it('is refused or read the same by both where bytes are of chance', () => {
    fc.assert(
      fc.property(chance, (body) => {
        const read = attempt(() => readAll(framed(body), []));
        // what is read here the oracle reads as well; it refuses less
        if (read !== undefined) expect(read).toEqual([ours(oracle.unpack(body))]);
      }),
      { numRuns: 4 * RUNS.numRuns },
    );
  });

  it('is refused where the bytes end early, and where there are more of them', () => {
    fc.assert(
      fc.property(records, fc.nat(), (given, cut) => {
        const body = writer.write(given, 'pack').subarray(4);
        expect(outcomeOf(framed(body.subarray(0, cut % body.length)))).toBe('control-frame');
        expect(outcomeOf(framed(Buffer.concat([body, body])))).toBe('control-frame');
      }),
      RUNS,
    );
  });
});

/** Bytes that begin many values: heads are more frequent than they are by chance. */
const chance = fc
  .array(
    fc.oneof(
      fc.nat(255),
      fc.constantFrom(0x81, 0x82, 0x91, 0x93, 0xa0, 0xa1, 0xc4, 0xcf, 0xd3, 0xd9, 0xdc, 0xde, 0),
    ),
    { maxLength: 60 },
  )
  .map((each) => Uint8Array.from(each));

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
