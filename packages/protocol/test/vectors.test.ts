/** Golden vectors of the shapes. AOS_WRITE_VECTORS=1 writes them anew after a decided change. */
import { verify } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256, toHashText, toHex } from '@aos/canon';
import {
  decodeGenesis,
  decodeRecord,
  decodeTree,
  defaultIdempotencyKey,
  encodeBlobList,
  encodeEntry,
  encodeGenesis,
  encodeInput,
  encodeReceiptBody,
  encodeRecord,
  encodeSignedVerb,
  encodeStreamFrame,
  encodeTree,
  RECEIPT_DOMAIN,
  STREAM_FRAME_DOMAIN,
  signedMessage,
  verbDomain,
} from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import {
  effectPlaces,
  entries,
  forkedGenesis,
  fullRecords,
  genesis,
  inputs,
  largeRecord,
  receiptBody,
  record,
  signedVerbs,
  signingKey,
  streamFrame,
  tree,
} from './samples.js';

const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const keysOf = <T extends object>(table: T) => Object.keys(table) as (keyof T & string)[];
const kindsOf = { entries: keysOf(entries), inputs: keysOf(inputs) };

function checkVector(name: string, bytes: Uint8Array): void {
  const path = root(`spec/vectors/${name}.json`);
  const vector = { name, hex: toHex(bytes), sha256: toHashText(sha256(bytes)) };
  if (process.env.AOS_WRITE_VECTORS === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(vector, null, 2)}\n`);
  }
  expect(vector).toEqual(JSON.parse(readFileSync(path, 'utf8')));
}

describe('golden vectors', () => {
  it.each([
    ['objects/tree-empty', []],
    ['objects/tree', tree],
  ])('%s keeps its bytes', (name, entries) => {
    checkVector(name, encodeTree(entries));
    expect(decodeTree(encodeTree(entries))).toEqual({ ok: true, value: entries });
  });

  it('objects/blob-list keeps its bytes', () => {
    const pieces = tree.map(({ hash }) => hash);
    checkVector('objects/blob-list', encodeBlobList({ sizeBytes: 9_000_000, pieces }));
  });

  it.each([
    ['genesis', genesis],
    ['genesis-forked', forkedGenesis],
  ])('%s keeps its bytes', (name, shape) => {
    checkVector(name, encodeGenesis(shape));
    expect(decodeGenesis(encodeGenesis(shape))).toEqual({ ok: true, value: shape });
  });
  it.each([
    ['record', record],
    ['record-large', largeRecord],
  ])('%s keeps its bytes', (name, shape) => {
    checkVector(name, encodeRecord(shape));
    expect(decodeRecord(encodeRecord(shape))).toEqual({ ok: true, value: shape });
  });
  it.each(kindsOf.entries)('the entry %s keeps its bytes', (kind) => {
    checkVector(`entries/${kind}`, encodeEntry(entries[kind]));
  });
  it.each(kindsOf.inputs)('the input %s keeps its bytes', (kind) => {
    checkVector(`inputs/${kind}`, encodeInput(inputs[kind]));
  });
  it.each(fullRecords)('$input.kind and all entries come back from a record', (shape) => {
    expect(decodeRecord(encodeRecord(shape))).toEqual({ ok: true, value: shape });
  });
  it.each(keysOf(effectPlaces))('%s stays the same key', (name) => {
    checkVector(name, defaultIdempotencyKey(effectPlaces[name] as (typeof effectPlaces)['']));
  });
});

const messages: readonly (readonly [name: string, message: Uint8Array])[] = [
  ['receipt', signedMessage(RECEIPT_DOMAIN, encodeReceiptBody(receiptBody))],
  ['stream-frame', signedMessage(STREAM_FRAME_DOMAIN, encodeStreamFrame(streamFrame))],
  ...signedVerbs.map((signed) => {
    return [signed.verb, signedMessage(verbDomain(signed.verb), encodeSignedVerb(signed))] as const;
  }),
];

describe('signed messages', () => {
  it.each(messages)('the message of %s keeps its bytes', (name, message) => {
    checkVector(`signed/${name}`, message);
  });

  it('are all different, and begin with their domain and a zero byte', () => {
    expect(new Set(messages.map(([, message]) => toHex(message))).size).toBe(messages.length);
    for (const [name, message] of messages) {
      const text = Buffer.from(message).toString('latin1');
      expect(text.startsWith(`aos/${name}/0\0\xd9\xd9\xf7`)).toBe(true);
    }
  });

  it('are what the signatures of the vectors are over', () => {
    const signed = Object.values(inputs).filter((input) => 'sig' in input);
    expect(signed).toHaveLength(5);
    for (const input of signed) {
      const isOver = messages.filter(([, each]) => verify(null, each, signingKey, input.sig));
      const name = 'verb' in input ? input.verb : input.kind;
      expect(isOver.map(([each]) => each)).toEqual([name]);
    }
  });
});

/** What stands in a folder of kinds beside the files of the kinds themselves. */
const shared = {
  entries: ['cause', 'entry', 'origin'],
  inputs: ['input', 'signed-verb'],
};

describe.each(['entries', 'inputs'] as const)('the folder %s is the protocol', (folder) => {
  const kinds = kindsOf[folder];
  const spec = readFileSync(root('spec/03-journal.md'), 'utf8');

  it.each(kinds)('%s has a file, a vector and a section of the specification', (kind) => {
    expect(existsSync(root(`packages/protocol/src/${folder}/${kind}.ts`))).toBe(true);
    expect(existsSync(root(`spec/vectors/${folder}/${kind}.json`))).toBe(true);
    const sections = spec.split(/^## /m).filter((section) => /^\w+\. `/.test(section));
    const own = sections.filter((section) => section.includes(`vectors/${folder}/${kind}.json`));
    expect(own.map((section) => /`([a-z-]+)`/.exec(section)?.[1])).toEqual([kind]);
  });

  it('has no file or vector of a kind that is not in the list', () => {
    const files = readdirSync(root(`packages/protocol/src/${folder}`))
      .filter((file) => !file.endsWith('.test.ts'))
      .map((file) => file.replace('.ts', ''));
    expect(new Set(files)).toEqual(new Set([...kinds, ...shared[folder]]));
    const vectors = readdirSync(root(`spec/vectors/${folder}`)).map((f) => f.replace('.json', ''));
    expect(new Set(vectors)).toEqual(new Set(kinds));
  });
});
