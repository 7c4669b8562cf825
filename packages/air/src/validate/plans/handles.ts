/** Reads what a step waits for or cancels. */
import type { Expr } from '../../expr/ast.js';
import { parseExpr } from '../../expr/parse.js';
import type { ExactJson } from '../../forms/exact-json.js';
import type { HandleType, ValueType } from '../../values/value-type.js';
import { error } from '../../world/finding.js';
import type { PlanTools } from './plan-tools.js';
import { nameIn } from './scope.js';

/** What a step may take: handles of what, and how many. */
export interface HandleWish {
  readonly of: 'effect' | 'plan' | undefined;
  readonly count: 'one' | 'many' | 'any';
}

const FORM = '{"ref":"@var:handle"}';
const LIST = 'the handles of a spawn_for_each, or {"list":[handle, …]}';

/** Reads handles for one step; an answer of undefined means that something is wrong with them. */
export class HandleReader {
  constructor(
    private readonly tools: PlanTools,
    private readonly place: { readonly path: string; readonly step: number },
  ) {}

  read(json: ExactJson, wish: HandleWish): HandleType | undefined {
    const { path } = this.place;
    const read = parseExpr(json);
    if (read.ok && read.value.kind === 'list' && wish.count !== 'one') {
      return this.list(read.value.items, wish);
    }
    const type = read.ok ? this.variable(read.value, path, wish) : undefined;
    if (!read.ok)
      this.fail('await-invalid-reference', path, `${expected(wish)}: ${read.refusal.detail}`);
    return type === undefined ? undefined : this.fitting(type, path, wish);
  }

  /** A list has handles of one kind and of one result. */
  private list(items: readonly Expr[], wish: HandleWish): HandleType | undefined {
    const { path } = this.place;
    if (items.length === 0) {
      this.fail('await-invalid-reference', path, 'expected at least one handle, found none');
    }
    const one: HandleWish = { ...wish, count: 'one' };
    const types = items.map((item, i) => {
      const at = `${path}/list/${i}`;
      const type = this.variable(item, at, one);
      return type === undefined ? undefined : this.fitting(type, at, one);
    });
    const [first] = types;
    if (first === undefined || types.includes(undefined)) return undefined;
    const other = types.findIndex(
      (type) => type !== undefined && !this.tools.types.isSame(first, type),
    );
    if (other < 0) return first;
    const message = 'expected handles of one kind with one result, found different ones';
    this.fail('await-handle-kind', `${path}/list/${other}`, message);
    return undefined;
  }

  /** The type of a variable that stands alone. */
  private variable(expr: Expr, path: string, wish: HandleWish): ValueType | undefined {
    const { scope, index } = this.tools;
    const { vars } = scope;
    if (expr.kind !== 'ref' || expr.root !== 'var') {
      this.fail('await-invalid-reference', path, `${expected(wish)}, found another expression`);
      return undefined;
    }
    const whole = expr.path.join('.');
    const name = nameIn(expr, vars);
    if (name !== whole) {
      const hint = index.hint(whole, vars.keys(), 'bind it with an emit or spawn step');
      this.fail('await-unknown-handle', path, `expected a handle, found @var:${whole}`, hint);
      return undefined;
    }
    if (scope.unset(expr, { reader: this.place.step }).length > 0) {
      const message = `expected a step before this one to bind ${name}, found only others that do`;
      this.fail('await-before-emit', path, message, 'add an edge from the step that binds it');
      return undefined;
    }
    return vars.get(name);
  }

  private fitting(type: ValueType, path: string, wish: HandleWish): HandleType | undefined {
    if (type.kind === 'never') return undefined;
    const isMany = type.kind === 'list';
    const handle = isMany ? type.item : type;
    if (handle.kind === 'never') return undefined;
    const isCounted = wish.count === 'any' || (wish.count === 'many') === isMany;
    if (handle.kind !== 'handle' || !isCounted) {
      this.fail('await-unknown-handle', path, `${expected(wish)}, found another variable`);
      return undefined;
    }
    if (wish.of === undefined || handle.of === wish.of) return handle;
    const message = `expected the handle of an ${wish.of}, found that of an ${handle.of}`;
    const hint = handle.of === 'effect' ? 'use await_receipt' : 'use await_plan';
    this.fail('await-handle-kind', path, message, hint);
    return undefined;
  }

  private fail(code: string, path: string, message: string, hint?: string): void {
    this.tools.report.push(error(code, path, message, hint));
  }
}

function expected({ count }: HandleWish): string {
  if (count === 'one') return `expected ${FORM}`;
  return count === 'many' ? `expected ${LIST}` : `expected ${FORM}, or ${LIST}`;
}
