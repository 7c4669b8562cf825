import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadAir } from '../src/index.js';
import { counterNodes, counterWith, documents, errorsOf, type Json, manifestOf } from './worlds.js';

/** What is wrong with the counter when this file is added to it. */
function errorsWithFile(text: string): string[] {
  return errorsOf(loadAir([...documents(counterNodes()), { path: 'hostile.json', text }]));
}

describe('a hostile file is refused by its first offence', () => {
  const type = (text: string) => `{"$kind":"defschema","name":"a/B@1","type":${text}}`;
  test.each([
    ['ten million brackets', '['.repeat(10_000_000), 'json-depth hostile.json:1:129'],
    [
      'types nested beyond the reader',
      type(`${'{"list":'.repeat(200)}{"unit":{}}${'}'.repeat(200)}`),
      'json-depth hostile.json:1:1060',
    ],
    ['a huge integer', `9${'0'.repeat(1_000_000)}`, 'json-integer-range hostile.json:1:1'],
    ['half of a character', '{"$kind":"\\ud800"}', 'json-lone-surrogate hostile.json:1:11'],
    ['a repeated key', '{"$kind":"manifest","$kind":"x"}', 'json-duplicate-key hostile.json:1:21'],
    ['a prototype', '{"__proto__":{"$kind":"manifest"}}', 'kind-unknown hostile.json#'],
    ['a kind of every object', '{"$kind":"constructor"}', 'kind-unknown hostile.json#'],
    ['a type of every object', type('{"__proto__":{}}'), 'type-unknown hostile.json#/type'],
    [
      'a definition with a prototype',
      '{"$kind":"defschema","name":"a/B@1","type":{"unit":{}},"__proto__":{}}',
      'field-unknown hostile.json#/__proto__',
    ],
    ['a name that is a list', '{"$kind":"defsecret","name":[]}', 'name-syntax hostile.json#/name'],
  ])('%s', (_, text, expected) => {
    expect(errorsWithFile(text)).toContain(expected);
  });
});

test('a million problems are findings, not a fault', () => {
  const text = `[${'0,'.repeat(1_000_000)}0]`;
  expect(loadAir([{ path: 'many.json', text }]).findings.length).toBe(1_000_002);
  const manifest = `{"$kind":"manifest","schemas":[${'0,'.repeat(300_000)}0]}`;
  expect(loadAir([{ path: 'many.json', text: manifest }]).ok).toBe(false);
});

test('schemas in a circle are reported, not followed', () => {
  const nodes = counterWith('schemas.json', '/1/type', { list: { ref: 'demo/Event@1' } });
  expect(errorsOf(loadAir(documents(nodes)))).toEqual([
    'schema-recursive schemas.json#/3/type/variant/Start/ref',
  ]);
});

test('routes that multiply are bounded', () => {
  const nodes = counterNodes();
  const range = (count: number) => Array.from({ length: count }, (_, i) => i);
  const schema = (name: string, type: Json): Json => ({ $kind: 'defschema', name, type });
  const refs = range(1000).map((i) => [`A${i}`, { ref: `demo/M${i}@1` }] as const);
  nodes['more.json'] = [
    ...range(1000).map((i) => schema(`demo/M${i}@1`, { unit: {} })),
    schema('demo/Wide@1', { variant: Object.fromEntries(refs) }),
    ...range(200).map((i) => ({
      $kind: 'defmodule',
      name: `demo/R${i}@1`,
      module_kind: 'reducer',
      abi: { reducer: { state: 'demo/State@1', event: 'demo/Wide@1' } },
    })),
  ];
  const manifest = manifestOf(nodes);
  const named = (prefix: string, count: number): Json[] =>
    range(count).map((i) => ({ name: `demo/${prefix}${i}@1` }));
  manifest.schemas = [...manifest.schemas, ...named('M', 1000), { name: 'demo/Wide@1' }];
  manifest.modules = [{ name: 'demo/Counter@1' }, ...named('R', 200)];
  manifest.routing = {
    events: range(200).map((i) => ({ event: 'demo/Wide@1', reducer: `demo/R${i}@1` })),
  };
  const errors = errorsOf(loadAir(documents(nodes)));
  expect(errors).toEqual(['routing-size manifest.json#/0/routing/events/99']);
});

test('a world with any piece of its text changed loads or is refused, never thrown at', () => {
  const texts = documents(counterNodes());
  const piece = fc.oneof(
    fc.constantFrom('', '{}', '[]', '"', '}', '1e9', 'null', '-1', '"$kind"', '\\u0000', '\\ud800'),
    fc.string({ maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.nat(2), fc.nat(), fc.nat(12), piece, (file, at, length, insert) => {
      const changed = texts.map((document, i) => {
        const { path, text } = document;
        const place = at % (text.length + 1);
        if (i !== file) return document;
        return { path, text: text.slice(0, place) + insert + text.slice(place + length) };
      });
      const outcome = loadAir(changed);
      expect(outcome.ok).toBe(!outcome.findings.some(({ severity }) => severity === 'error'));
    }),
    { numRuns: 2000 },
  );
});

describe('a hundred thousand definitions', () => {
  const COUNT = 100_000;
  const range = Array.from({ length: COUNT }, (_, i) => i);
  const schemas = (typeOf: (i: number) => Json): Json[] =>
    range.map((i) => ({ $kind: 'defschema', name: `a/S${i}@1`, type: typeOf(i) }));
  const world = (...nodes: Json[]) => {
    const manifest = manifestOf(counterNodes());
    const listed = { schemas: range.map((i) => ({ name: `a/S${i}@1` })), modules: [], routing: {} };
    const text = JSON.stringify([...nodes, { ...manifest, ...listed }]);
    const codes = errorsOf(loadAir([{ path: 'x', text }])).map((each) => each.split(' ')[0]);
    return new Set(codes);
  };

  test('in one circle of references', () => {
    const circle = schemas((i) => ({ list: { ref: `a/S${(i + 1) % COUNT}@1` } }));
    expect(world(...circle)).toEqual(new Set(['schema-recursive', 'schema-depth']));
  });

  test('of one name', () => {
    const same = range.map(
      (): Json => ({ $kind: 'defschema', name: 'a/S0@1', type: { unit: {} } }),
    );
    expect(world(...same)).toEqual(new Set(['definition-duplicate', 'definition-missing']));
  });

  test('with as many unknown fields', () => {
    const fields = Object.fromEntries(range.map((i) => [`tipe${i}`, i]));
    expect(world({ $kind: 'defschema', ...fields }).has('field-unknown')).toBe(true);
  });
});
