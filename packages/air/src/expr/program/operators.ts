import type { ValueType } from '../../values/value-type.js';
import type { OpExpr, Operator } from '../ast.js';
import { contains, get, has, len } from './access.js';
import { arithmetic } from './arithmetic.js';
import type { Checker, Typed } from './checker.js';
import type { Site } from './findings.js';
import { Operation, type Rule } from './operation.js';
import { connective, equality, negation, order } from './relations.js';
import { affix, coalesce, concat, hashBytes, toText } from './texts.js';

const RULES: { readonly [O in Operator]: Rule } = {
  len,
  get,
  has,
  eq: equality(true),
  ne: equality(false),
  lt: order((sign) => sign < 0),
  le: order((sign) => sign <= 0),
  gt: order((sign) => sign > 0),
  ge: order((sign) => sign >= 0),
  and: connective(false),
  or: connective(true),
  not: negation,
  concat,
  add: arithmetic('add'),
  sub: arithmetic('sub'),
  mul: arithmetic('mul'),
  div: arithmetic('div'),
  mod: arithmetic('mod'),
  starts_with: affix((whole, part) => whole.startsWith(part)),
  ends_with: affix((whole, part) => whole.endsWith(part)),
  contains,
  'coalesce@1': coalesce,
  'to_text@1': toText,
  'hash_bytes@1': hashBytes,
};

export function inferOperation(
  checker: Checker,
  expr: OpExpr,
  site: Site,
  hint: ValueType | undefined,
): Typed {
  const rule = RULES[expr.op];
  const count = expr.args.length;
  if (count >= rule.least && count <= rule.most) {
    return rule.infer(new Operation(checker, expr, site, hint));
  }
  const bound = rule.least === rule.most ? `${rule.least}` : `at least ${rule.least}`;
  const message = `expected ${bound} arguments for ${expr.op}, found ${count}`;
  return checker.fail('expr-arity', site, message);
}
