/** Effects: what may be asked of the outside, by whom, and in which shapes. */

import type { Form } from './form.js';
import { type FormValue, object, oneOf } from './form.js';
import { blankableHash, dottedKind, hashText, kind, name } from './names.js';
import { wrapped } from './unions.js';

const effectOf = <H extends Form<unknown>>(wasi: H) =>
  object({
    required: {
      $kind: kind('defeffect'),
      name,
      kind: dottedKind,
      params_schema: name,
      receipt_schema: name,
      cap_type: dottedKind,
      origin_scope: oneOf('reducer', 'plan', 'both'),
    },
    optional: { implementation: wrapped({ wasi }) },
    dropped: ['$comment', 'description'],
  });

/** An effect as a person writes it: the hash of its WASI module may be missing. */
export const authoredEffect = effectOf(
  object({ required: {}, optional: { wasm_hash: blankableHash } }),
);

export const defEffect = effectOf(object({ required: { wasm_hash: hashText } }));

export type AuthoredEffect = FormValue<typeof authoredEffect>;
export type DefEffect = FormValue<typeof defEffect>;
