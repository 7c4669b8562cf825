/** Worlds authored in TypeScript against the same worlds written by hand, hash by hash. */
import { describe, expect, test } from 'vitest';
import type { World } from '../src/author/index.js';
import { type AirDocument, hashDefinitions, loadAir } from '../src/index.js';
import aggregate from './author-aggregate.js';
import counter from './author-counter.js';
import fetcher from './author-fetch.js';
import timer from './author-timer.js';
import { exampleDocuments } from './conformance-data.js';

/** The two examples that read a field which receipts do not have, corrected to read one they do. */
function corrected(documents: readonly AirDocument[]): AirDocument[] {
  return documents.map(({ path, text }) => ({
    path,
    text: text
      .replaceAll('"body_preview": { "text": {} }', '"body_ref": { "option": { "hash": {} } }')
      .replaceAll('body_preview', 'body_ref'),
  }));
}

/** Name to hash, of what a world defines itself. */
function hashes(documents: readonly AirDocument[]): Record<string, string> {
  const { definitions, findings } = hashDefinitions(documents);
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const own = definitions.filter(({ name }) => !name.startsWith('sys/'));
  return Object.fromEntries(
    own.map(({ kind, name, hash }): [string, string] => [`${kind} ${name}`, hash]).sort(),
  );
}

const same = (documents: readonly AirDocument[]) => documents;

describe.each<[string, World, typeof same]>([
  ['00-counter', counter, same],
  ['01-hello-timer', timer, same],
  ['03-fetch-notify', fetcher, corrected],
  ['04-aggregator', aggregate, corrected],
])('%s', (example, world, correct) => {
  test('has the same definitions as the world written by hand', () => {
    expect(hashes(world.toAir())).toEqual(hashes(correct(exampleDocuments(example))));
  });

  test('loads without findings', () => {
    const loaded = loadAir(world.toAir());
    expect(loaded.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

test.each<[string, World]>([
  ['00-counter', counter],
  ['01-hello-timer', timer],
])('%s has the manifest of the world written by hand', (example, world) => {
  const { manifest } = hashDefinitions(exampleDocuments(example));
  expect(hashDefinitions(world.toAir()).manifest).toBe(manifest);
});
