import { type Form, oneOf, text } from './form.js';

/** `namespace/Name@version`, for everything that a manifest can refer to. */
export const name: Form<string> = text(
  /^[a-z][a-z0-9._-]*\/[A-Za-z][A-Za-z0-9._-]*@[1-9][0-9]*$/,
  'a name such as demo/Counter@1',
  'name-syntax',
);

/** A dotted lower-case word such as `http.request`: effect kinds and capability types. */
export const dottedKind: Form<string> = text(
  /^[a-z][a-z0-9_.-]*$/,
  'a kind such as http.request',
  'name-syntax',
);

/** Names local to a definition: slots, grants, steps, variables. */
export const localName: Form<string> = text(
  /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/,
  'a local name of at most 64 letters, digits, _ . -',
  'name-syntax',
);

/** The text form of a content hash. */
export const hashText: Form<string> = text(
  /^sha256:[0-9a-f]{64}$/,
  'sha256: and 64 lower-case hexadecimal digits',
  'hash-text',
);

export const anyText: Form<string> = text(/^/, 'a text');

export const DEFINITION_KINDS = [
  'defschema',
  'defmodule',
  'defplan',
  'defeffect',
  'defcap',
  'defpolicy',
  'defsecret',
] as const;

/** The `$kind` field of one kind of node. */
export function kind<const K extends string>(word: K): Form<K> {
  return oneOf(word);
}
