/** Golden vectors of the shapes. AOS_WRITE_VECTORS=1 writes them anew after a decided change. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256, toHashText, toHex } from '@aos/canon';
import { encodeEntry, encodeGenesis, encodeRecord } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { entries, genesis, largeRecord, record } from './samples.js';

const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const kinds = Object.keys(entries) as (keyof typeof entries)[];

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
  it('genesis keeps its bytes', () => checkVector('genesis', encodeGenesis(genesis)));
  it('a record keeps its bytes', () => checkVector('record', encodeRecord(record)));
  it('a record with a large value keeps its bytes', () => {
    checkVector('record-large', encodeRecord(largeRecord));
  });
  it.each(kinds)('%s keeps its bytes', (kind) => {
    checkVector(`entries/${kind}`, encodeEntry(entries[kind]));
  });
});

describe('the folder is the protocol', () => {
  it.each(kinds)('%s has a file, a vector and a section of the specification', (kind) => {
    expect(existsSync(root(`packages/protocol/src/entries/${kind}.ts`))).toBe(true);
    expect(existsSync(root(`spec/vectors/entries/${kind}.json`))).toBe(true);
    expect(readFileSync(root('spec/03-journal.md'), 'utf8')).toMatch(`\`${kind}\``);
  });

  it('has no entry file or vector of a kind that is not in the list', () => {
    const files = readdirSync(root('packages/protocol/src/entries'))
      .filter((file) => !file.endsWith('.test.ts'))
      .map((file) => file.replace('.ts', ''));
    expect(new Set(files)).toEqual(new Set([...kinds, 'entry', 'cause']));
    const vectors = readdirSync(root('spec/vectors/entries')).map((f) => f.replace('.json', ''));
    expect(new Set(vectors)).toEqual(new Set(kinds));
  });
});
