import { type Form, named, oneOf, text } from './form.js';

/** `namespace/Name@version`, for everything that a manifest can refer to. */
export const name: Form<string> = named(
  'Name',
  text(
    /^[a-z][a-z0-9._-]*\/[A-Za-z][A-Za-z0-9._-]*@[1-9][0-9]*$/,
    'a name such as demo/Counter@1',
    'name-syntax',
  ),
);

/** A dotted lower-case word such as `http.request`: effect kinds and capability types. */
export const dottedKind: Form<string> = named(
  'DottedKind',
  text(/^[a-z][a-z0-9_.-]*$/, 'a kind such as http.request', 'name-syntax'),
);

/** Names local to a definition: slots, grants, steps, variables. */
export const localName: Form<string> = named(
  'LocalName',
  text(
    /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/,
    'a local name of at most 64 letters, digits, _ . -',
    'name-syntax',
  ),
);

/** The text form of a content hash. */
export const hashText: Form<string> = named(
  'Hash',
  text(/^sha256:[0-9a-f]{64}$/, 'sha256: and 64 lower-case hexadecimal digits', 'hash-text'),
);

/** Spellings of a hash that is still to be filled. */
const BLANKS: readonly unknown[] = ['', 'sha256', null];

/** A hash as authored: missing, empty, null or zero means that it is to be filled. */
export const blankableHash: Form<string> = named('AuthoredHash', {
  read: (json, at, problems) => (BLANKS.includes(json) ? '' : hashText.read(json, at, problems)),
  schema: (defs) => ({ anyOf: [hashText.schema(defs), { enum: BLANKS }] }),
});

export const anyText: Form<string> = text(/^/, 'a text');

/** Who signs: the name of a key in the world's keyring, or `world:` and the name of a plan. */
export const principal: Form<string> = named(
  'Principal',
  text(
    /^[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,127}$/,
    'a principal: at most 128 letters, digits, . _ : @ / + -',
    'name-syntax',
  ),
);

export const DEFINITION_KINDS = [
  'defschema',
  'defmodule',
  'defplan',
  'defeffect',
  'defcap',
  'defpolicy',
  'defsecret',
  'defmigration',
] as const;

export type DefinitionKind = (typeof DEFINITION_KINDS)[number];

/** The `$kind` field of one kind of node. */
export function kind<const K extends string>(word: K): Form<K> {
  return oneOf(word);
}
