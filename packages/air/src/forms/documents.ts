/** The JSON Schemas of everything that is authored as a document of its own. */
import { AUTHORED_FORMS } from './definition.js';
import type { Form } from './form.js';
import { type JsonSchema, schemaDocument } from './json-schema.js';
import { authoredManifest } from './manifest.js';
import { DEFINITION_KINDS } from './names.js';
import { patchDocument } from './patch.js';

export const DOCUMENT_KINDS = [...DEFINITION_KINDS, 'manifest', 'patch'] as const;

export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** How each kind of document is read from authored JSON. */
export const DOCUMENT_FORMS: { readonly [K in DocumentKind]: Form<unknown> } = {
  ...AUTHORED_FORMS,
  manifest: authoredManifest,
  patch: patchDocument,
};

/**
 * The JSON Schema (2020-12) of one kind of document as it is authored. It accepts what the reader
 * accepts; only depth, size and the exactness of integers are beyond it.
 */
export function jsonSchema(kind: DocumentKind): JsonSchema & object {
  return schemaDocument(DOCUMENT_FORMS[kind], {
    id: `urn:aos:air:1.1:${kind}`,
    title: `AIR 1.1 ${kind}`,
  });
}
