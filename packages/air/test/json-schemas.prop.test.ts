import fc from 'fast-check';
import Schema from 'typebox/schema';
import { describe, expect, test } from 'vitest';
import { DOCUMENT_FORMS, DOCUMENT_KINDS, jsonSchema } from '../src/forms/documents.js';
import type { Problem } from '../src/forms/form.js';
import { parseJson, printJson } from '../src/index.js';
import { damaged, type Json, valid } from './schema-arbitrary.js';

/** What our own reader makes of a document: canonical JSON, or the problems. */
function read(kind: (typeof DOCUMENT_KINDS)[number], document: Json) {
  const json = parseJson(JSON.stringify(document));
  if (!json.ok) throw new Error(json.refusal.code);
  const problems: Problem[] = [];
  const value = DOCUMENT_FORMS[kind].read(json.value, '', problems);
  expect(value === undefined).toBe(problems.length > 0);
  return { value, problems };
}

describe.each(DOCUMENT_KINDS)('%s', (kind) => {
  const schema = JSON.parse(JSON.stringify(jsonSchema(kind)));
  const compiled = Schema.Compile(schema);

  test('what its JSON Schema describes is read', () => {
    const law = fc.property(valid(schema), (document) => {
      expect([compiled.Check(document), read(kind, document).problems]).toEqual([true, []]);
    });
    fc.assert(law, { numRuns: 60 });
  });

  test('its JSON Schema and the reader accept and refuse the same damaged documents', () => {
    const law = fc.property(
      valid(schema).chain((document) => damaged(document).chain(damaged)),
      (document) => {
        const { problems } = read(kind, document);
        expect([compiled.Check(document), problems]).toEqual([problems.length === 0, problems]);
      },
    );
    fc.assert(law, { numRuns: 300 });
  });

  test('what was read is read again as the same', () => {
    const law = fc.property(valid(schema), (document) => {
      const once = printJson(read(kind, document).value as never);
      expect(printJson(read(kind, JSON.parse(once)).value as never)).toBe(once);
    });
    fc.assert(law, { numRuns: 60 });
  });
});
