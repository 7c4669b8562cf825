/** Reads and types the expressions of one plan. */

import { type Expr, type RefRoot, referencesOf } from '../../expr/ast.js';
import { checkExpr } from '../../expr/check.js';
import { parseExpr } from '../../expr/parse.js';
import type { ExprProgram } from '../../expr/program/frame.js';
import type { ExactJson } from '../../forms/exact-json.js';
import type { DefPlan } from '../../forms/plan.js';
import type { CompiledSchema } from '../../values/schema.js';
import { NEVER, SCALAR_TYPES, type ValueType } from '../../values/value-type.js';
import { error, type Finding, pathOf } from '../../world/finding.js';
import type { DefinitionIndex, Placed } from '../definition-index.js';
import type { PlanSlot } from './plan-slots.js';
import { nameIn, type PlanScope } from './scope.js';

/** Where an expression stands, and what may be referred to there. */
export interface Position {
  /** JSON pointer into the plan. */
  readonly at: string;
  /** The step that evaluates it; undefined when it may be evaluated after any. */
  readonly reader: number | undefined;
  /** The reader is done when the expression is evaluated. */
  readonly isAfter?: boolean;
  /** The event that `@event` stands for. */
  readonly event?: ValueType;
}

/** The schema of a slot; `free` when it takes any type, `unknown` when its schema is wrong. */
export type SlotSchema = CompiledSchema | 'free' | 'unknown';

/** What the expressions of one plan share. */
interface PlanPlace {
  readonly plan: Placed<DefPlan>;
  readonly input: ValueType;
  readonly index: DefinitionIndex;
}

export class PlanExpressions {
  /** Everything that was read without an error, by its pointer. */
  readonly slots = new Map<string, PlanSlot>();

  constructor(
    private readonly place: PlanPlace,
    private readonly scope: PlanScope,
    private readonly findings: Finding[],
  ) {}

  /** A guard, predicate or invariant. */
  condition(json: ExactJson, position: Position): Expr | undefined {
    const expr = parseExpr(json);
    if (expr.ok) this.typed(expr.value, position, { type: SCALAR_TYPES.bool });
    else this.refused(expr.refusal, position);
    return expr.ok ? expr.value : undefined;
  }

  /** An expression or a value; answers with its type. */
  slot(json: ExactJson, position: Position, schema: SlotSchema): ValueType {
    const wanted = typeof schema === 'string' ? undefined : schema;
    const read = this.place.index.parseSlot(json, wanted);
    if (!read.ok) {
      // Without its schema a value in sugar cannot be read, which is no fault of its own.
      if (schema !== 'unknown') this.refused(read.refusal, position);
      return wanted?.type ?? NEVER;
    }
    if (read.value.kind === 'expr') return this.typed(read.value.expr, position, wanted);
    const { bytes, literal } = read.value;
    if (wanted === undefined || bytes === undefined) return this.typed(literal, position, wanted);
    this.slots.set(position.at, { kind: 'value', schema: wanted, bytes });
    return wanted.type;
  }

  private typed(expr: Expr, position: Position, wanted: Wanted | undefined): ValueType {
    const { vars, steps } = this.scope;
    const { input, index } = this.place;
    const { event, at } = position;
    const environment = { input, vars, steps, hints: index, ...(event && { event }) };
    const checked = checkExpr(expr, environment, wanted?.type);
    for (const { at: inside, ...finding } of checked.findings) {
      this.findings.push({ ...finding, path: this.path(`${at}${inside}`) });
    }
    this.checkOrder(expr, position);
    const { program } = checked;
    if (program !== undefined) this.keep(at, expr, { program, schema: schemaOf(wanted) });
    return checked.type;
  }

  private keep(at: string, expr: Expr, compiled: Compiled): void {
    const { vars, steps } = this.scope;
    const slot = {
      ...compiled,
      vars: namesIn(expr, 'var', vars),
      steps: namesIn(expr, 'step', steps),
    };
    this.slots.set(at, { kind: 'program', ...slot });
  }

  private checkOrder(expr: Expr, position: Position): void {
    const late = new Set(referencesOf(expr).flatMap((ref) => this.scope.unset(ref, position)));
    for (const name of late) {
      const message = `expected a step before this one to set ${name}, found only others that do`;
      const hint = 'add edges from the step that sets it';
      this.findings.push(error('reference-too-early', this.path(position.at), message, hint));
    }
  }

  private refused(
    { code, at, detail }: { code: string; at: string; detail: string },
    position: Position,
  ): void {
    this.findings.push(error(code, this.path(`${position.at}${at}`), detail));
  }

  private path(at: string): string {
    return pathOf(this.place.plan, at);
  }
}

/** What a place takes: the values of a schema, or of a type that no schema names. */
type Wanted = CompiledSchema | { readonly type: ValueType };

interface Compiled {
  readonly program: ExprProgram;
  readonly schema: CompiledSchema | undefined;
}

function schemaOf(wanted: Wanted | undefined): CompiledSchema | undefined {
  return wanted !== undefined && 'name' in wanted ? wanted : undefined;
}

/** The known names that references of one root begin with. */
function namesIn(
  expr: Expr,
  root: RefRoot,
  known: ReadonlyMap<string, unknown>,
): ReadonlySet<string> {
  const refs = referencesOf(expr).filter((ref) => ref.root === root);
  return new Set(refs.flatMap((ref) => nameIn(ref, known) ?? []));
}
