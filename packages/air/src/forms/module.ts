/** Modules: what a reducer or a pure function promises about the bytes it takes and gives. */
import { isJsonObject, pointer } from '../json/value.js';
import { type Form, type FormValue, fail, list, object, table } from './form.js';
import { dottedKind, hashText, kind, localName, name } from './names.js';

/** The `wasm_hash` of a module without WASM: it can be checked and hashed, not run. */
export const ZERO_HASH_TEXT = `sha256:${'0'.repeat(64)}`;

const reducerAbi = object({
  required: { state: name, event: name },
  optional: {
    context: name,
    annotations: name,
    effects_emitted: list(dottedKind),
    cap_slots: table(localName, dottedKind),
  },
  omitEmpty: ['effects_emitted', 'cap_slots'],
});

const pureAbi = object({ required: { input: name, output: name }, optional: { context: name } });

const reducerModule = object({
  required: {
    $kind: kind('defmodule'),
    name,
    module_kind: kind('reducer'),
    wasm_hash: hashText,
    abi: object({ required: { reducer: reducerAbi } }),
  },
  optional: { key_schema: name },
  dropped: ['$comment'],
});

const pureModule = object({
  required: {
    $kind: kind('defmodule'),
    name,
    module_kind: kind('pure'),
    wasm_hash: hashText,
    abi: object({ required: { pure: pureAbi } }),
  },
  dropped: ['$comment'],
});

export type DefReducerModule = FormValue<typeof reducerModule>;
export type DefPureModule = FormValue<typeof pureModule>;
export type DefModule = DefReducerModule | DefPureModule;

/** Reads a module; `module_kind` decides which ABI it must, and may, declare. */
export const defModule: Form<DefModule> = {
  read(json, at, problems) {
    const kindOfModule = isJsonObject(json) ? json.module_kind : undefined;
    if (kindOfModule === 'reducer') return reducerModule.read(json, at, problems);
    if (kindOfModule === 'pure') return pureModule.read(json, at, problems);
    return fail(problems, pointer(at, 'module_kind'), '"reducer" or "pure"', kindOfModule);
  },
};
