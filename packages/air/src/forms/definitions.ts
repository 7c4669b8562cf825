/** The smaller definitions: schemas, capabilities, policies, effects and secrets. */
import { type FormValue, list, object, oneOf } from './form.js';
import { anyText, dottedKind, hashText, kind, localName, name } from './names.js';
import { typeExpr } from './type-expr.js';

const COMMENT = ['$comment'] as const;

export const defSchema = object({
  required: { $kind: kind('defschema'), name, type: typeExpr },
  dropped: COMMENT,
});

export const defCap = object({
  required: {
    $kind: kind('defcap'),
    name,
    cap_type: dottedKind,
    schema: typeExpr,
    enforcer: object({ required: { module: name } }),
  },
  dropped: COMMENT,
});

export const defPolicy = object({
  required: {
    $kind: kind('defpolicy'),
    name,
    rules: list(
      object({
        required: {
          when: object({
            required: {},
            optional: {
              effect_kind: dottedKind,
              cap_name: localName,
              cap_type: dottedKind,
              origin_kind: oneOf('plan', 'reducer'),
              origin_name: name,
            },
          }),
          decision: oneOf('allow', 'deny'),
        },
      }),
    ),
  },
  dropped: COMMENT,
});

export const defEffect = object({
  required: {
    $kind: kind('defeffect'),
    name,
    kind: dottedKind,
    params_schema: name,
    receipt_schema: name,
    cap_type: dottedKind,
    origin_scope: oneOf('reducer', 'plan', 'both'),
  },
  dropped: [...COMMENT, 'description'],
});

export const defSecret = object({
  required: { $kind: kind('defsecret'), name, binding_id: anyText },
  optional: {
    expected_digest: hashText,
    allowed_caps: list(localName),
    allowed_plans: list(name),
  },
  omitEmpty: ['allowed_caps', 'allowed_plans'],
  dropped: COMMENT,
});

export type DefSchema = FormValue<typeof defSchema>;
export type DefCap = FormValue<typeof defCap>;
export type DefPolicy = FormValue<typeof defPolicy>;
export type DefEffect = FormValue<typeof defEffect>;
export type DefSecret = FormValue<typeof defSecret>;
