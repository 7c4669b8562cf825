/** Modules: what a reducer or a pure function promises about the bytes it takes and gives. */
import { distinct, type FormValue, object, table } from './form.js';
import { blankableHash, dottedKind, hashText, kind, localName, name } from './names.js';
import { taggedBy } from './unions.js';

/** The `wasm_hash` of a module without WASM: it can be checked and hashed, not run. */
export const ZERO_HASH_TEXT = `sha256:${'0'.repeat(64)}`;

const reducerAbi = object({
  required: { state: name, event: name },
  optional: {
    context: name,
    annotations: name,
    effects_emitted: distinct(dottedKind),
    cap_slots: table(localName, dottedKind),
  },
  omitEmpty: ['effects_emitted', 'cap_slots'],
});

const pureAbi = object({ required: { input: name, output: name }, optional: { context: name } });

const reducerFields = {
  $kind: kind('defmodule'),
  name,
  module_kind: kind('reducer'),
  abi: object({ required: { reducer: reducerAbi } }),
};

const pureFields = {
  $kind: kind('defmodule'),
  name,
  module_kind: kind('pure'),
  abi: object({ required: { pure: pureAbi } }),
};

const dropped = ['$comment'] as const;

const reducerModule = object({
  required: { ...reducerFields, wasm_hash: hashText },
  optional: { key_schema: name },
  dropped,
});

const pureModule = object({ required: { ...pureFields, wasm_hash: hashText }, dropped });

/** A module as a person writes it; `module_kind` decides which ABI it must, and may, declare. */
export const authoredModule = taggedBy('module_kind', {
  reducer: object({
    required: reducerFields,
    optional: { wasm_hash: blankableHash, key_schema: name },
    dropped,
  }),
  pure: object({ required: pureFields, optional: { wasm_hash: blankableHash }, dropped }),
});

export const defModule = taggedBy('module_kind', { reducer: reducerModule, pure: pureModule });

export type DefReducerModule = FormValue<typeof reducerModule>;
export type DefPureModule = FormValue<typeof pureModule>;
export type DefModule = DefReducerModule | DefPureModule;
export type AuthoredModule = FormValue<typeof authoredModule>;
