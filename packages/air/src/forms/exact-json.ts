/** JSON whose meaning another definition knows: parameters, expressions and values. */
import { isJsonList, isJsonObject, JsonDecimal } from '../json/value.js';
import { type Form, fail, list, named, table } from './form.js';
import { anyText } from './names.js';

/** JSON that has canonical bytes: without fractions and exponents. */
export type ExactJson =
  | null
  | boolean
  | string
  | number
  | bigint
  | readonly ExactJson[]
  | { readonly [key: string]: ExactJson };

/** An expression as it stands in a definition; the expression parser reads it. */
export type ExprJson = ExactJson;

/** An expression, a tagged literal, or sugar that the schema of the slot gives a meaning. */
export type ExprOrValueJson = ExactJson;

/** Nothing is left out of it, not even what is empty: only its type could say what that means. */
export const anyJson: Form<ExactJson> = named('Value', {
  read(json, at, problems) {
    if (json === undefined || json instanceof JsonDecimal) {
      return fail(problems, at, 'JSON without fractions and exponents', json);
    }
    if (isJsonList(json)) return items.read(json, at, problems);
    return isJsonObject(json) ? fields.read(json, at, problems) : json;
  },
  schema: (defs) => ({
    anyOf: [
      { type: ['null', 'boolean', 'string', 'integer'] },
      items.schema(defs),
      fields.schema(defs),
    ],
  }),
});

const items = list(anyJson);
const fields = table(anyText, anyJson);

/** A slot that holds an expression. */
export const expr: Form<ExprJson> = named('Expr', anyJson);

/** A slot that also takes values. */
export const exprOrValue: Form<ExprOrValueJson> = named('ExprOrValue', anyJson);
