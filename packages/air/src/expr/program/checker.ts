/**
 * Checks an expression and compiles it, in one pass: what was checked is what runs.
 *
 * K1. A program without errors never meets a value of another type than its parts were checked
 *     with, provided that its bindings have the types of the environment.
 * K2. One mistake is one finding: what cannot be typed fits everywhere.
 * K3. A program without errors that is evaluated gives a value of its type, or a refusal.
 */
import { Defect } from '@aos/canon';
import { nearest } from '../../forms/near-miss.js';
import { MAX_TYPE_DEPTH } from '../../values/types.js';
import type { ValueType } from '../../values/value-type.js';
import type { Expr } from '../ast.js';
import { Conversions } from './conversions.js';
import { clip, type ExprFinding, type Site, someOf, typeText } from './findings.js';
import { peel, TypeRelations, UNKNOWN } from './fits.js';
import { type ExprEnvironment, type Run, refuseValue } from './frame.js';

/** An expression with its type. */
export interface Typed {
  readonly type: ValueType;
  readonly run: Run;
}

/** Findings of one expression, of each severity. */
const MAX_FINDINGS = 100;
/** Hints of one expression, and names compared for each: comparing names takes time. */
const MAX_HINTS = 8;
const MAX_COMPARED = 200;

/** How an expression is typed, whatever its form. */
export type InferForm = (
  checker: Checker,
  expr: Expr,
  site: Site,
  hint: ValueType | undefined,
) => Typed;

export class Checker {
  readonly findings: ExprFinding[] = [];
  private readonly counts = { error: 0, warning: 0 };
  private hintsLeft = MAX_HINTS;
  readonly relations = new TypeRelations();
  readonly conversions = new Conversions(this.relations);

  constructor(
    readonly environment: ExprEnvironment,
    private readonly inferForm: InferForm,
  ) {}

  /** Types an expression; `hint` is what its place would like best. */
  infer(expr: Expr, site: Site, hint?: ValueType): Typed {
    const typed = this.inferForm(this, expr, site, hint);
    if (typed.type.depth <= MAX_TYPE_DEPTH) return typed;
    const message = `expected a type of at most ${MAX_TYPE_DEPTH} levels`;
    return this.fail('expr-depth', site, message);
  }

  /** Types an expression that must have this type. */
  check(expr: Expr, site: Site, expected: ValueType): Typed {
    return this.fitted(this.infer(expr, site, expected), site, expected);
  }

  /** The same with a value of the expected type. */
  fitted(typed: Typed, site: Site, expected: ValueType): Typed {
    const fit = this.relations.fit(typed.type, expected);
    if (fit === 'none') return this.mismatch(site, typeText(expected), typed.type);
    if (fit === 'doubtful') this.warnDoubt(typed.type, expected, site);
    return this.converted(typed, expected);
  }

  /** For types that fit. */
  converted({ type, run }: Typed, expected: ValueType): Typed {
    const convert = this.conversions.get(type, expected);
    if (convert === undefined) return { type: expected, run };
    return { type: expected, run: (frame) => convert(run(frame), frame) };
  }

  /** Types an expression whose value must not be null. */
  inferBare(expr: Expr, site: Site, hint?: ValueType): Typed {
    return this.bare(this.infer(expr, site, hint), site);
  }

  bare(typed: Typed, site: Site): Typed {
    const { type, run } = typed;
    if (type.kind !== 'option') return typed;
    this.warnDoubt(type, type.inner, site);
    return { type: peel(type), run: (frame) => run(frame) ?? refuseNull() };
  }

  fail(code: string, { at }: Site, message: string, hint?: string): Typed {
    const finding: ExprFinding = { code, severity: 'error', at, message };
    this.report(hint === undefined ? finding : { ...finding, hint });
    return FAILED;
  }

  mismatch(site: Site, expected: string, found: ValueType): Typed {
    return this.fail('expr-type', site, `expected ${expected}, found ${typeText(found)}`);
  }

  /** Fails with the nearest of the known names, or with some of them. */
  failName(code: string, site: Site, { word, known, what }: UnknownName): Typed {
    const advice = `known: ${someOf(known)}`;
    const hints = this.environment.hints ?? this;
    const message = `expected ${what}, found ${JSON.stringify(clip(word))}`;
    return this.fail(code, site, message, hints.hint(word, known, advice));
  }

  hint(found: string, known: Iterable<string>, advice: string): string {
    this.hintsLeft -= 1;
    if (this.hintsLeft < 0) return advice;
    const near = nearest(found, [...known].slice(0, MAX_COMPARED));
    return near === undefined ? advice : `did you mean ${near}?`;
  }

  /** Of a hostile expression the first findings say enough. */
  private report(finding: ExprFinding): void {
    const counts = this.counts;
    counts[finding.severity] += 1;
    if (counts[finding.severity] <= MAX_FINDINGS) this.findings.push(finding);
  }

  private warnDoubt(from: ValueType, to: ValueType, { at }: Site): void {
    const isOption = from.kind === 'option' && to.kind !== 'option';
    this.report({
      code: isOption ? 'expr-option' : 'expr-conversion',
      severity: 'warning',
      at,
      message: `expected ${typeText(to)}, found ${typeText(from)}`,
      hint: isOption
        ? 'a null is refused here when it is evaluated; coalesce@1 gives another value for it'
        : 'the value is checked when it is evaluated, and refused when it is outside the type',
    });
  }
}

interface UnknownName {
  readonly word: string;
  readonly known: readonly string[];
  readonly what: string;
}

/** Evaluates its operands, one of which has no value, and gets no further. */
export function never(operands: readonly Typed[]): Typed {
  return {
    type: UNKNOWN,
    run(frame) {
      for (const { run } of operands) run(frame);
      throw new Defect('an expression without a value was evaluated');
    },
  };
}

const FAILED = never([]);

function refuseNull(): never {
  return refuseValue('expr-null', 'expected a value, found null');
}
