/** The smaller definitions: schemas, capabilities, secrets and migrations. */
import { distinct, type FormValue, object } from './form.js';
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

export const defSecret = object({
  required: { $kind: kind('defsecret'), name, binding_id: anyText },
  optional: {
    expected_digest: hashText,
    allowed_caps: distinct(localName),
    allowed_plans: distinct(name),
  },
  omitEmpty: ['allowed_caps', 'allowed_plans'],
  dropped: COMMENT,
});

/** A pure module that turns an old state of a reducer into a new one. */
export const defMigration = object({
  required: {
    $kind: kind('defmigration'),
    name,
    reducer: name,
    from: name,
    to: name,
    module: name,
  },
  dropped: COMMENT,
});

export type DefSchema = FormValue<typeof defSchema>;
export type DefCap = FormValue<typeof defCap>;
export type DefSecret = FormValue<typeof defSecret>;
export type DefMigration = FormValue<typeof defMigration>;
