/**
 * The JSON Schemas of the specification. AOS_WRITE_VECTORS=1 writes them anew after a decided
 * change.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DOCUMENT_KINDS, jsonSchema } from '../src/forms/documents.js';

const folder = fileURLToPath(new URL('../../../spec/schemas/', import.meta.url));

test.each(DOCUMENT_KINDS)('the JSON Schema of %s is the one in the specification', (kind) => {
  const path = `${folder}${kind}.schema.json`;
  const text = `${JSON.stringify(jsonSchema(kind), null, 2)}\n`;
  if (process.env.AOS_WRITE_VECTORS === '1') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, text);
  }
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(text));
});

test('the specification has no other JSON Schemas', () => {
  const names = DOCUMENT_KINDS.map((kind) => `${kind}.schema.json`);
  expect(readdirSync(folder).toSorted()).toEqual(names.toSorted());
});
