import { SCALAR_TYPES, type ValueType } from '../../values/value-type.js';
import type { Expr, OpExpr } from '../ast.js';
import type { Checker, Typed } from './checker.js';
import { type Site, within } from './findings.js';
import type { Run } from './frame.js';

/** How an operator is typed and evaluated, and how many arguments it takes. */
export interface Rule {
  readonly least: number;
  readonly most: number;
  infer(operation: Operation): Typed;
}

/** One operator at its site; its arguments are as many as its rule says. */
export class Operation {
  constructor(
    readonly checker: Checker,
    private readonly expr: OpExpr,
    readonly site: Site,
    readonly hint: ValueType | undefined,
  ) {}

  get size(): number {
    return this.expr.args.length;
  }

  argAt(index: number): Expr {
    return this.expr.args[index] as Expr;
  }

  siteOf(index: number): Site {
    return within(this.site, 'args', index);
  }

  args(hint?: ValueType): Typed[] {
    return this.expr.args.map((arg, i) => this.checker.infer(arg, this.siteOf(i), hint));
  }

  /** The arguments, none of which may be null. */
  bareArgs(): Typed[] {
    return this.expr.args.map((_, i) => this.bareArg(i));
  }

  bareArg(index: number): Typed {
    return this.checker.inferBare(this.argAt(index), this.siteOf(index));
  }

  /** The evaluation of an argument that must have this type. */
  check(index: number, expected: ValueType): Run {
    return this.checker.check(this.argAt(index), this.siteOf(index), expected).run;
  }

  checkAll(expected: ValueType): Run[] {
    return this.expr.args.map((_, i) => this.check(i, expected));
  }

  mismatch(index: number, expected: string, found: ValueType): Typed {
    return this.checker.mismatch(this.siteOf(index), expected, found);
  }
}

export function boolean(run: Run): Typed {
  return { type: SCALAR_TYPES.bool, run };
}
