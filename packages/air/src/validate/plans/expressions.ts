/** Reads and types the expressions of one plan. */

import { type Expr, referencesOf } from '../../expr/ast.js';
import { checkExpr } from '../../expr/check.js';
import { parseExpr } from '../../expr/parse.js';
import type { ExactJson } from '../../forms/exact-json.js';
import type { CompiledSchema } from '../../values/schema.js';
import { NEVER, SCALAR_TYPES, type ValueType } from '../../values/value-type.js';
import { error, type Finding } from '../../world/finding.js';
import type { DefinitionIndex } from '../definition-index.js';
import type { PlanScope } from './scope.js';

/** Where an expression stands, and what may be referred to there. */
export interface Position {
  /** `file#/pointer`. */
  readonly path: string;
  /** The step that evaluates it; undefined when it may be evaluated after any. */
  readonly reader: number | undefined;
  /** The reader is done when the expression is evaluated. */
  readonly isAfter?: boolean;
  /** The event that `@event` stands for. */
  readonly event?: ValueType;
}

/** The schema of a slot; `free` when it takes any type, `unknown` when its schema is wrong. */
export type SlotSchema = CompiledSchema | 'free' | 'unknown';

export class PlanExpressions {
  constructor(
    private readonly scope: PlanScope,
    private readonly input: ValueType,
    private readonly index: DefinitionIndex,
    private readonly findings: Finding[],
  ) {}

  /** A guard, predicate or invariant. */
  condition(json: ExactJson, position: Position): Expr | undefined {
    const expr = parseExpr(json);
    if (expr.ok) this.typed(expr.value, position, SCALAR_TYPES.bool);
    else this.refused(expr.refusal, position);
    return expr.ok ? expr.value : undefined;
  }

  /** An expression or a value; answers with its type. */
  slot(json: ExactJson, position: Position, schema: SlotSchema): ValueType {
    const wanted = typeof schema === 'string' ? undefined : schema;
    const read = this.index.parseSlot(json, wanted);
    if (!read.ok) {
      // Without its schema a value in sugar cannot be read, which is no fault of its own.
      if (schema !== 'unknown') this.refused(read.refusal, position);
      return wanted?.type ?? NEVER;
    }
    if (read.value.kind === 'expr') return this.typed(read.value.expr, position, wanted?.type);
    return wanted?.type ?? this.typed(read.value.literal, position, undefined);
  }

  private typed(expr: Expr, position: Position, expected: ValueType | undefined): ValueType {
    const { vars, steps } = this.scope;
    const { event, path } = position;
    const { input, index } = this;
    const environment = { input, vars, steps, hints: index, ...(event && { event }) };
    const checked = checkExpr(expr, environment, expected);
    for (const { at, ...finding } of checked.findings) {
      this.findings.push({ ...finding, path: `${path}${at}` });
    }
    this.checkOrder(expr, position);
    return checked.type;
  }

  private checkOrder(expr: Expr, position: Position): void {
    const late = new Set(referencesOf(expr).flatMap((ref) => this.scope.unset(ref, position)));
    for (const name of late) {
      const message = `expected a step before this one to set ${name}, found only others that do`;
      const hint = 'add edges from the step that sets it';
      this.findings.push(error('reference-too-early', position.path, message, hint));
    }
  }

  private refused(
    { code, at, detail }: { code: string; at: string; detail: string },
    { path }: Position,
  ): void {
    this.findings.push(error(code, `${path}${at}`, detail));
  }
}
