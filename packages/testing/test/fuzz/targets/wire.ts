/**
 * Messages of the control socket, in both framings: what a stream of bytes is read as.
 *
 * However the stream is cut, the same messages and the same end come out; what is read is written
 * and read again as the same, in either framing; another implementation of MessagePack, and the
 * platform's JSON, read the same.
 */

import { bytesEqual } from '@aos/canon';
import {
  ANSWER_LIMITS,
  HELLO_LIMITS,
  MessageReader,
  MessageWriter,
  REQUEST_LIMITS,
} from '@aos/client/wire';
import {
  isPlainRecord,
  type PlainValue,
  parseClientMessage,
  parseServerMessage,
} from '@aos/protocol';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { Unpackr } from 'msgpackr';
import { codeOf, valueIn } from '../codes.js';
import { jsonTokens, texts } from '../tokens.js';

const messages: readonly PlainValue[] = [
  { type: 'hello', v: 1, token: 'abc', world: 'sha256:00' },
  { type: 'request', id: 7, verb: 'event.send', args: { schema: 'a/B@1', value: { $bytes: 1 } } },
  { type: 'pull', id: 2 ** 32 - 1, count: 64 },
  {
    type: 'response',
    id: 1,
    ok: true,
    result: [1n << 63n, -5, 'ü', new Uint8Array(3), null, true],
  },
  { type: 'end', id: 1, error: null },
];
const writer = new MessageWriter(ANSWER_LIMITS.bytes);
const oracle = new Unpackr({ useRecords: false, mapsAsObjects: false, int64AsType: 'bigint' });
/** The first byte says how a stream is cut, and with what limits it is read. */
const LIMITS = [REQUEST_LIMITS, ANSWER_LIMITS, HELLO_LIMITS, { bytes: 64, depth: 3, values: 8 }];

export const target: FuzzTarget = {
  name: 'wire',
  tokens: [
    ...jsonTokens,
    ...texts('{"$bytes":"AAE="}', '{"$record":{}}', '\n', '"type":"request"'),
    ...['c0', 'c3', 'c40100', 'c80001', 'ca00000000', 'cf', 'd3', 'd40000', 'd90161', 'dc0001']
      .concat(['dd00000001', 'de0001', '00000001', '81a16101', 'a95f5f70726f746f5f5f', 'c1', 'ff'])
      .map((hex) => new Uint8Array(Buffer.from(hex, 'hex'))),
  ],
  seeds: () =>
    (['pack', 'json'] as const).flatMap((framing) => {
      const alone = messages.map((each) => Buffer.from(writer.write(each, framing)));
      return [...alone, Buffer.concat(alone)].map((bytes, i) => {
        return new Uint8Array(Buffer.concat([Buffer.from([i * 17]), bytes]));
      });
    }),
  run(bytes) {
    const limits = LIMITS[(bytes[0] ?? 0) & 3] as typeof REQUEST_LIMITS;
    const stream = Buffer.from(bytes.subarray(1));
    const whole = readAll([stream], limits);
    const step = 1 + ((bytes[0] ?? 0) >> 2);
    const pieces = Array.from({ length: Math.ceil(stream.length / step) }, (_, i) =>
      stream.subarray(i * step, (i + 1) * step),
    );
    const cut = readAll(pieces, limits);
    holds(cut.told === whole.told, 'cuts change nothing', () => `${cut.told} for ${whole.told}`);
    for (const message of whole.messages) if (isPlainRecord(message)) checkMessage(message);
    if (whole.framing === 'pack') checkPack(stream, whole);
  },
};

interface Read {
  readonly messages: readonly PlainValue[];
  readonly end: string;
  readonly told: string;
  readonly framing: string | undefined;
}

function readAll(pieces: readonly Buffer[], limits: typeof REQUEST_LIMITS): Read {
  const reader = new MessageReader(limits);
  const found: PlainValue[] = [];
  let end = 'open';
  try {
    for (const piece of pieces) {
      reader.push(piece);
      for (let next = reader.next(); next !== undefined; next = reader.next()) found.push(next);
    }
  } catch (error) {
    end = codeOf(error);
  }
  const told = `${found.map(toldOf).join(' ')} ${end}`;
  return { messages: found, end, told, framing: reader.framing };
}

function checkMessage(message: PlainValue): void {
  for (const framing of ['pack', 'json'] as const) {
    const bytes = writer.write(message, framing);
    const again = readAll([bytes], ANSWER_LIMITS);
    holds(again.told === `${toldOf(message)} open`, `what was read comes back as ${framing}`);
  }
  valueIn<unknown>(parseClientMessage(message));
  valueIn<unknown>(parseServerMessage(message));
}

/** Message by message, as far as ours came. */
function checkPack(stream: Buffer, { messages: ours }: Read): void {
  let at = 0;
  for (const message of ours) {
    const size = stream.readUInt32BE(at);
    const body = stream.subarray(at + 4, at + 4 + size);
    holds(toldOf(theirs(oracle.unpack(body))) === toldOf(message), 'msgpackr reads the same');
    const written = writer.write(message, 'pack');
    holds(
      !bytesEqual(written.subarray(4), body) || written.readUInt32BE(0) === size,
      'sizes agree',
    );
    at += 4 + size;
  }
}

/** What the oracle reads, with the integers that are safe as numbers. */
function theirs(value: unknown): PlainValue {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(theirs);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (!(value instanceof Map)) return value as PlainValue;
  const record = Object.create(null) as { [name: string]: PlainValue };
  for (const [key, item] of value) record[key] = theirs(item);
  return record;
}

function toldOf(value: PlainValue): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : `${value}`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof Uint8Array) return `h'${Buffer.from(value).toString('hex')}'`;
  if (Array.isArray(value)) return `[${value.map((each: PlainValue) => toldOf(each)).join()}]`;
  const names = Object.keys(value).sort();
  const record = value as { readonly [name: string]: PlainValue };
  const told = names.map((name) => `${JSON.stringify(name)}:${toldOf(record[name] ?? null)}`);
  return `{${told.join()}}`;
}
