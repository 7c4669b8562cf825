import { describe, expect, test } from 'vitest';
import { printJson } from '../json/printer.js';
import { parseJson } from '../json/reader.js';
import type { JsonValue } from '../json/value.js';
import { DEFINITION_FORMS, type ReadableKind } from './definition.js';
import type { Form, Problem } from './form.js';
import { authoredManifest } from './manifest.js';
import { ZERO_HASH_TEXT } from './module.js';
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
  const wasm = `"wasm_hash":"${ZERO_HASH_TEXT}"`;
  test.each<[ReadableKind, string, string]>([
    [
      'defschema',
      '{"$kind":"defschema","name":"a/B@1","type":{"int":{}},"$comment":"x"}',
      '{"$kind":"defschema","name":"a/B@1","type":{"int":{}}}',
    ],
    ['defschema', '{"$kind":"defschema","name":"a/B","type":{"int":{}}}', 'name-syntax /name'],
    [
      'defschema',
      '{"$kind":"defschema","type":{"int":{}},"extra":1}',
      'field-unknown /extra; field-missing ',
    ],
    [
      'defschema',
      '{"$kind":"defschema","name":"a/B@0","type":7}',
      'name-syntax /name; field-type /type',
    ],
    [
      'defmodule',
      `{"$kind":"defmodule","name":"a/M@1","module_kind":"reducer",${wasm},
        "abi":{"reducer":{"state":"a/S@1","event":"a/E@1","effects_emitted":[],"cap_slots":{}}}}`,
      `{"$kind":"defmodule","name":"a/M@1","module_kind":"reducer",${wasm},"abi":{"reducer":{"state":"a/S@1","event":"a/E@1"}}}`,
    ],
    [
      'defmodule',
      `{"$kind":"defmodule","name":"a/M@1","module_kind":"pure",${wasm},"abi":{"reducer":{}}}`,
      'field-unknown /abi/reducer; field-missing /abi',
    ],
    [
      'defmodule',
      `{"$kind":"defmodule","name":"a/M@1","module_kind":"pure","key_schema":"a/K@1",${wasm},"abi":{"pure":{"input":"a/I@1","output":"a/O@1"}}}`,
      'field-unknown /key_schema',
    ],
    ['defmodule', '{"$kind":"defmodule","module_kind":"wasi"}', 'field-type /module_kind'],
    [
      'defeffect',
      '{"$kind":"defeffect","name":"a/e@1","kind":"x.y","params_schema":"a/P@1","receipt_schema":"a/R@1","cap_type":"x","origin_scope":"both","description":"text"}',
      '{"$kind":"defeffect","name":"a/e@1","kind":"x.y","params_schema":"a/P@1","receipt_schema":"a/R@1","cap_type":"x","origin_scope":"both"}',
    ],
    [
      'defsecret',
      '{"$kind":"defsecret","name":"a/s@1","binding_id":"env:X","allowed_caps":[],"allowed_plans":[]}',
      '{"$kind":"defsecret","name":"a/s@1","binding_id":"env:X"}',
    ],
    [
      'defpolicy',
      '{"$kind":"defpolicy","name":"a/p@1","rules":[{"when":{},"decision":"ask"},{"when":{"origin":"x"},"decision":"deny"}]}',
      'field-type /rules/0/decision; field-unknown /rules/1/when/origin',
    ],
    [
      'defcap',
      '{"$kind":"defcap","name":"a/c@1","cap_type":"Upper","schema":{"record":{}},"enforcer":{"module":"a/M@1"}}',
      'name-syntax /cap_type',
    ],
  ])('%s %s', (kind, text, expected) => {
    expect(read(DEFINITION_FORMS[kind], text)).toBe(expected);
  });
});

describe('manifests', () => {
  const head =
    '"$kind":"manifest","air_version":"1","schemas":[],"modules":[],"plans":[],"caps":[],"policies":[]';

  test.each([
    [`{${head}}`, `{${head}}`],
    [
      `{${head},"effects":[],"secrets":[],"module_bindings":{},"triggers":[],"features":[],"migrations":[]}`,
      `{${head}}`,
    ],
    [`{${head},"routing":{"events":[],"inboxes":[]}}`, `{${head},"routing":{}}`],
    [`{${head},"defaults":{"cap_grants":[]}}`, `{${head},"defaults":{"cap_grants":[]}}`],
    [`{${head},"extra":{}}`, 'field-unknown /extra'],
    [
      `{${head},"defaults":{"cap_grants":[{"name":"g","cap":"a/c@1","params":{"x":[1.5]}}]}}`,
      'field-type /defaults/cap_grants/0/params/x/0',
    ],
    [
      `{${head},"routing":{"events":[{"event":"a/E@1"},{"event":"e","reducer":"a/M@1"}]}}`,
      'field-missing /routing/events/0; name-syntax /routing/events/1/event',
    ],
    [`{${head},"module_bindings":{"x":{"slots":{}}}}`, 'name-syntax /module_bindings/x'],
    ['[]', 'field-type '],
  ])('%s', (text, expected) => {
    expect(read(authoredManifest, text)).toBe(expected);
  });

  test.each(['"2"', '1', '1.0', 'null'])('air_version %s is refused', (version) => {
    const text = `{${head.replace('"1"', version)}}`;
    expect(read(authoredManifest, text)).toBe('air-version /air_version');
  });

  test.each([
    ['""', true],
    [`"${ZERO_HASH_TEXT}"`, true],
    [`"sha256:${'A'.repeat(64)}"`, false],
    ['null', false],
  ])('a reference with the hash %s is read: %s', (hash, isRead) => {
    const refs = `"schemas":[{"name":"a/B@1","hash":${hash}}]`;
    const text = `{${head.replace('"schemas":[]', refs)}}`;
    expect(read(authoredManifest, text).startsWith('{')).toBe(isRead);
  });
});
