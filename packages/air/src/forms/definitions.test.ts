import { describe, expect, test } from 'vitest';
import { printJson } from '../json/printer.js';
import { parseJson } from '../json/reader.js';
import type { JsonValue } from '../json/value.js';
import { DEFINITION_FORMS } from './definition.js';
import type { Form, Problem } from './form.js';
import { authoredManifest } from './manifest.js';
import { ZERO_HASH_TEXT } from './module.js';
import type { DefinitionKind } from './names.js';
import { typeExpr } from './type-expr.js';

function read<T>(form: Form<T>, text: string): string {
  const json = parseJson(text);
  if (!json.ok) throw new Error(json.refusal.code);
  const problems: Problem[] = [];
  const value = form.read(json.value, '', problems);
  if (problems.length === 0) return printJson(value as JsonValue);
  expect(value).toBe(undefined);
  return problems.map(({ code, at }) => `${code} ${at}`).join('; ');
}

describe('types', () => {
  test.each([
    ['{"bool":{}}', '{"bool":{}}'],
    ['{"text":{},"$comment":"a name"}', '{"text":{}}'],
    ['{"list":{"$comment":1,"option":{"unit":{}}}}', '{"list":{"option":{"unit":{}}}}'],
    [
      '{"record":{"__proto__":{"int":{}},"a":{"ref":"demo/A@1"}}}',
      '{"record":{"__proto__":{"int":{}},"a":{"ref":"demo/A@1"}}}',
    ],
    [
      '{"map":{"key":{"uuid":{},"$comment":""},"value":{"set":{"hash":{}}}}}',
      '{"map":{"key":{"uuid":{}},"value":{"set":{"hash":{}}}}}',
    ],
    ['{"record":{}}', '{"record":{}}'],
    ['null', 'field-type '],
    ['{}', 'type-unknown '],
    ['{"$comment":"only"}', 'type-unknown '],
    ['{"text":{},"int":{}}', 'type-unknown '],
    ['{"string":{}}', 'type-unknown '],
    ['{"constructor":{}}', 'type-unknown '],
    ['{"text":{"max":3}}', 'field-unknown /text/max'],
    ['{"ref":"Missing"}', 'name-syntax /ref'],
    ['{"map":{"key":{"bool":{}},"value":{"text":{}}}}', 'type-unknown /map/key'],
    ['{"map":{"key":{"text":{}}}}', 'field-missing /map'],
    ['{"variant":{"$tag":{"unit":{}}}}', 'type-reserved-tag /variant/$tag'],
    ['{"record":{"a~/b":{"list":5}}}', 'field-type /record/a~0~1b/list'],
    ['{"record":{"a":{"x":1},"b":{"y":1}}}', 'type-unknown /record/a; type-unknown /record/b'],
  ])('%s', (text, expected) => {
    expect(read(typeExpr, text)).toBe(expected);
  });
});

describe('definitions', () => {
  const module = (more: object) => ({
    $kind: 'defmodule',
    name: 'a/M@1',
    module_kind: 'pure',
    ...more,
    wasm_hash: ZERO_HASH_TEXT,
    ...('wasm_hash' in more ? { wasm_hash: more.wasm_hash } : {}),
  });
  const reducer = { state: 'a/S@1', event: 'a/E@1' };
  const pure = { input: 'a/I@1', output: 'a/O@1' };
  const effect = {
    $kind: 'defeffect',
    name: 'a/e@1',
    kind: 'x.y',
    params_schema: 'a/P@1',
    receipt_schema: 'a/R@1',
    cap_type: 'x',
    origin_scope: 'both',
  };
  const secret = { $kind: 'defsecret', name: 'a/s@1', binding_id: 'env:X' };
  const schema = { $kind: 'defschema', name: 'a/B@1', type: { int: {} } };

  test.each<[string, object, object]>([
    ['comments are dropped', { ...schema, $comment: 'x' }, schema],
    ['a description of an effect is dropped', { ...effect, description: 'text' }, effect],
    [
      'empty lists of a reducer are left out',
      module({
        module_kind: 'reducer',
        abi: { reducer: { ...reducer, effects_emitted: [], cap_slots: {} } },
      }),
      module({ module_kind: 'reducer', abi: { reducer } }),
    ],
    [
      'empty lists of a secret are left out',
      { ...secret, allowed_caps: [], allowed_plans: [] },
      secret,
    ],
    ['an optional field stays', module({ abi: { pure } }), module({ abi: { pure } })],
  ])('%s', (_, authored, canonical) => {
    const kind = (authored as { $kind: DefinitionKind }).$kind;
    expect(read<unknown>(DEFINITION_FORMS[kind], JSON.stringify(authored))).toBe(
      JSON.stringify(canonical),
    );
  });

  test.each<[string, object]>([
    ['name-syntax /name', { ...schema, name: 'a/B' }],
    ['name-syntax /name; field-type /type', { ...schema, name: 'a/B@0', type: 7 }],
    ['field-unknown /extra; field-missing ', { $kind: 'defschema', type: { int: {} }, extra: 1 }],
    ['field-unknown /description', { ...schema, description: 'text' }],
    ['field-unknown /abi/reducer; field-missing /abi', module({ abi: { reducer } })],
    ['field-unknown /key_schema', module({ key_schema: 'a/K@1', abi: { pure } })],
    ['field-type /module_kind', module({ module_kind: 'wasi' })],
    ['hash-text /wasm_hash', module({ wasm_hash: 'sha256:00', abi: { pure } })],
    ['name-syntax /cap_type', { ...effect, cap_type: 'Upper' }],
    ['field-type /origin_scope', { ...effect, origin_scope: 'all' }],
    [
      'field-type /rules/0/decision; field-unknown /rules/1/when/origin',
      {
        $kind: 'defpolicy',
        name: 'a/p@1',
        rules: [
          { when: {}, decision: 'ask' },
          { when: { origin: 'x' }, decision: 'deny' },
        ],
      },
    ],
  ])('%s', (problems, authored) => {
    const kind = (authored as { $kind: DefinitionKind }).$kind;
    expect(read<unknown>(DEFINITION_FORMS[kind], JSON.stringify(authored))).toBe(problems);
  });
});

describe('manifests', () => {
  const empty = {
    $kind: 'manifest',
    air_version: '1',
    schemas: [],
    modules: [],
    plans: [],
    caps: [],
    policies: [],
  };
  const optional = {
    effects: [],
    secrets: [],
    module_bindings: {},
    triggers: [],
    features: [],
    migrations: [],
  };
  const readManifest = (authored: object) => read(authoredManifest, JSON.stringify(authored));

  test.each<[string, object, object]>([
    ['the required sections stay, also empty', empty, empty],
    ['the optional ones are left out when empty', { ...empty, ...optional }, empty],
    [
      'routing stays without its empty parts',
      { ...empty, routing: { events: [], inboxes: [] } },
      { ...empty, routing: {} },
    ],
    [
      'an empty list of grants stays',
      { ...empty, defaults: { cap_grants: [] } },
      { ...empty, defaults: { cap_grants: [] } },
    ],
  ])('%s', (_, authored, canonical) => {
    expect(readManifest(authored)).toBe(JSON.stringify(canonical));
  });

  const grant = { name: 'g', cap: 'a/c@1', params: { x: [1.5] } };
  test.each<[string, object]>([
    ['field-unknown /extra', { ...empty, extra: {} }],
    ['field-missing ', { ...empty, caps: undefined }],
    ['name-syntax /module_bindings/x', { ...empty, module_bindings: { x: { slots: {} } } }],
    [
      'field-type /defaults/cap_grants/0/params/x/0',
      { ...empty, defaults: { cap_grants: [grant] } },
    ],
    [
      'field-missing /routing/events/0; name-syntax /routing/events/1/event',
      { ...empty, routing: { events: [{ event: 'a/E@1' }, { event: 'e', reducer: 'a/M@1' }] } },
    ],
    ['field-type ', []],
    ...['2', 1, null].map((version): [string, object] => [
      'air-version /air_version',
      { ...empty, air_version: version },
    ]),
  ])('%s', (problems, authored) => {
    expect(readManifest(authored)).toBe(problems);
  });

  test.each<[unknown, boolean]>([
    ['', true],
    [ZERO_HASH_TEXT, true],
    [undefined, true],
    [`sha256:${'A'.repeat(64)}`, false],
    [null, true],
    [1, false],
  ])('a reference with the hash %s is read: %s', (hash, isRead) => {
    const found = readManifest({ ...empty, schemas: [{ name: 'a/B@1', hash }] });
    expect(found.startsWith('{')).toBe(isRead);
  });
});
