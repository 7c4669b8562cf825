/** The example worlds: two are without errors, two read a field that a receipt does not have. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type AirDocument, loadAir } from '../src/index.js';
import { exampleDocuments } from './conformance-data.js';

/** `code path` of everything but the missing WASM, which no example brings. */
function findingsOf(documents: readonly AirDocument[]): string[] {
  return loadAir(documents)
    .findings.filter(({ code }) => code !== 'wasm-missing')
    .map(({ code, path }) => `${code} ${path}`);
}

function ownDocuments(world: string): AirDocument[] {
  const folder = new URL(`./worlds/${world}/`, import.meta.url);
  return readdirSync(folder)
    .sort()
    .map((path) => ({ path, text: readFileSync(new URL(path, folder), 'utf8') }));
}

describe('example worlds', () => {
  test.each(['00-counter', '01-hello-timer'])('%s validates', (example) => {
    expect(findingsOf(exampleDocuments(example))).toEqual([]);
  });

  test('03-fetch-notify reads body_preview, and nothing else is wrong', () => {
    expect(findingsOf(exampleDocuments('03-fetch-notify'))).toEqual([
      'expr-field fetch_plan.air.json#/0/steps/3/expr/args/1',
    ]);
  });

  test('04-aggregator reads body_preview three times, and nothing else is wrong', () => {
    expect(findingsOf(exampleDocuments('04-aggregator'))).toEqual(
      [7, 8, 9].map(
        (step) =>
          `expr-field aggregator_plan.air.json#/0/steps/${step}/expr/record/body_preview/args/1`,
      ),
    );
  });

  test('the message names the field', () => {
    const { findings } = loadAir(exampleDocuments('03-fetch-notify'));
    const found = findings.find(({ code }) => code === 'expr-field');
    expect(found?.message).toContain('body_preview');
  });
});

describe('worlds of ours that read what is there', () => {
  test.each(['fetch-notify', 'aggregator'])('%s validates', (world) => {
    expect(findingsOf(ownDocuments(world))).toEqual([]);
  });
});
