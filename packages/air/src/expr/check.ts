import { ok, type Result, refuse } from '@aos/canon';
import type { ValueType } from '../values/value-type.js';
import type { Expr } from './ast.js';
import { Checker } from './program/checker.js';
import { sizeOf } from './program/control.js';
import { type ExprFinding, ROOT } from './program/findings.js';
import { UNKNOWN } from './program/fits.js';
import type { ExprEnvironment, ExprProgram } from './program/frame.js';
import { inferForm } from './program/infer-form.js';

export interface CheckedExpr {
  /** When there are errors, the expected type, or the one that nothing has. */
  readonly type: ValueType;
  readonly findings: readonly ExprFinding[];
  /** Undefined when there are errors. */
  readonly program: ExprProgram | undefined;
}

/**
 * Types an expression against what it may refer to. All findings come in one pass.
 *
 * Errors: `expr-type`, `expr-arity`, `expr-field`, `expr-arm`, `expr-unknown-reference`,
 * `expr-depth`. Warnings: `expr-option`, `expr-conversion`.
 */
export function checkExpr(
  expr: Expr,
  environment: ExprEnvironment,
  expected?: ValueType,
): CheckedExpr {
  const checker = new Checker(environment, inferForm);
  const typed =
    expected === undefined ? checker.infer(expr, ROOT) : checker.check(expr, ROOT, expected);
  const { findings } = checker;
  if (findings.some(({ severity }) => severity === 'error')) {
    return { type: expected ?? UNKNOWN, findings, program: undefined };
  }
  const program = { type: typed.type, steps: sizeOf(expr), run: typed.run };
  return { type: typed.type, findings, program };
}

/** Checks and compiles; the first error is the refusal. */
export function compileExpr(
  expr: Expr,
  environment: ExprEnvironment,
  expected?: ValueType,
): Result<ExprProgram> {
  const { findings, program } = checkExpr(expr, environment, expected);
  if (program !== undefined) return ok(program);
  const error = findings.find(({ severity }) => severity === 'error') as ExprFinding;
  return refuse(error.code, error.at, error.message);
}
