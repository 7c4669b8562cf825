/** What the checks of one plan share. */
import { TypeRelations } from '../../expr/program/fits.js';
import type { DefPlan } from '../../forms/plan.js';
import { NEVER, SCALAR_TYPES, type ValueType } from '../../values/value-type.js';
import { error, type Finding, pathOf, warning } from '../../world/finding.js';
import type { SlotSchemas } from '../../world/normal-form.js';
import type { DefinitionIndex, Placed } from '../definition-index.js';
import { PlanExpressions, type SlotSchema } from './expressions.js';
import type { PlanCorrelation } from './plan-slots.js';
import { CORRELATION, PlanScope } from './scope.js';
import { statusReads } from './status-reads.js';
import type { StepGraph } from './step-graph.js';

/** Relations of types that a whole world shares. */
export class SameTypes {
  private readonly relations = new TypeRelations();
  private readonly open = new Map<ValueType, number>();

  /** True when each may stand for the other as it is. */
  isSame(a: ValueType, b: ValueType): boolean {
    return this.relations.fit(a, b) === 'same' && this.relations.fit(b, a) === 'same';
  }

  /** Of two types that are the same, the one that says more. */
  join(a: ValueType, b: ValueType): ValueType {
    return this.relations.join(a, b) ?? a;
  }

  /** The places of a type that nothing is known of yet, such as the items of an empty list. */
  countOpen(type: ValueType): number {
    const known = this.open.get(type);
    if (known !== undefined) return known;
    const count = partsOf(type).reduce(
      (sum, part) => Math.min(sum + this.countOpen(part), MAX_OPEN),
      type.kind === 'never' ? 1 : 0,
    );
    this.open.set(type, count);
    return count;
  }
}

/** Types share parts, so that small ones may have very many places. */
const MAX_OPEN = 1_000_000;

function partsOf(type: ValueType): readonly ValueType[] {
  switch (type.kind) {
    case 'option':
      return [type.inner];
    case 'list':
    case 'set':
      return [type.item];
    case 'map':
      return [type.key, type.value];
    case 'record':
      return [...type.fields.values()];
    case 'variant':
      return [...type.arms.values()];
    case 'handle':
      return [type.result];
    default:
      return [];
  }
}

/** What the checks of all plans of a world share. */
export interface PlansContext {
  readonly index: DefinitionIndex;
  readonly schemas: SlotSchemas;
  readonly types: SameTypes;
}

const NOTHING_KNOWN: ReadonlyMap<string, ValueType> = new Map();

export class PlanTools {
  readonly index: DefinitionIndex;
  readonly schemas: SlotSchemas;
  readonly types: SameTypes;
  readonly scope: PlanScope;
  readonly expressions: PlanExpressions;
  /** Waits whose status the plan reads. */
  readonly reads: ReadonlySet<string>;
  /** Of the triggers that say by what their instances are correlated, the first. */
  readonly correlation: PlanCorrelation | undefined;
  /**
   * A step has told more of the type of a variable than those before it: what was checked with the
   * type as it was then is to be checked again.
   */
  isWidened = false;
  /** What has been found since the last `take`. */
  readonly report: Finding[] = [];

  constructor(
    readonly plan: Placed<DefPlan>,
    readonly graph: StepGraph,
    { index, schemas, types }: PlansContext,
    known: ReadonlyMap<string, ValueType> = NOTHING_KNOWN,
  ) {
    this.index = index;
    this.schemas = schemas;
    this.types = types;
    this.scope = new PlanScope(plan.value, graph);
    for (const [name, type] of known) this.scope.vars.set(name, type);
    const input = schemas.schema(plan.value.input)?.type ?? NEVER;
    this.expressions = new PlanExpressions({ plan, input, index }, this.scope, this.report);
    this.reads = statusReads(plan.value);
    this.correlation = correlationOf(index, schemas, plan.value.name);
    if (this.correlation !== undefined) this.scope.vars.set(CORRELATION, this.correlation.type);
  }

  take(): readonly Finding[] {
    return this.report.splice(0);
  }

  path(at: string): string {
    return pathOf(this.plan, at);
  }

  fail(code: string, at: string, message: string, hint?: string): void {
    this.report.push(error(code, this.path(at), message, hint));
  }

  warn(code: string, at: string, message: string): void {
    this.report.push(warning(code, this.path(at), message));
  }

  /** The schema of a name; reports a name that has none. */
  named(name: string, at: string): SlotSchema {
    if (!this.index.schemas.has(name)) {
      this.report.push(this.index.missing('schema-not-found', this.path(at), name));
    }
    return this.schemas.schema(name) ?? 'unknown';
  }

  /** The schema that the plan declares for a variable. */
  local(variable: string): SlotSchema {
    const name = this.plan.value.locals?.[variable];
    return name === undefined ? 'free' : (this.schemas.schema(name) ?? 'unknown');
  }

  /** Gives a variable the type of what a step binds to it; answers with that type. */
  bind(variable: string, type: ValueType, at: string): ValueType {
    const { vars } = this.scope;
    const local = this.local(variable);
    const known = typeof local === 'string' ? (vars.get(variable) ?? NEVER) : local.type;
    if (this.types.isSame(known, type)) {
      const joined = this.types.join(known, type);
      const isFirst = known.kind === 'never';
      if (!isFirst && this.types.countOpen(joined) < this.types.countOpen(known)) {
        this.isWidened = true;
      }
      vars.set(variable, joined);
      return type;
    }
    vars.set(variable, known);
    const hint = 'give it another name, or declare it in locals and bind what fits';
    const message = `expected what ${variable} is bound to elsewhere, found another type`;
    this.fail('variable-type-mismatch', `${at}/bind/as`, message, hint);
    return type;
  }
}

/** Its type is never when the field is not there; undefined when no trigger correlates. */
function correlationOf(
  index: DefinitionIndex,
  schemas: SlotSchemas,
  plan: string,
): PlanCorrelation | undefined {
  for (const { event, correlate_by } of index.triggers.get(plan) ?? []) {
    if (correlate_by === undefined) continue;
    const path = correlate_by.split('.');
    const type = schemas.schema(event)?.type;
    return { path, type: (type && valueTypeAtPath(type, path)) ?? NEVER };
  }
  return undefined;
}

function valueTypeAtPath(type: ValueType, path: readonly string[]): ValueType | undefined {
  const [field, ...rest] = path;
  if (field === undefined) return type;
  if (type.kind === 'record') {
    const inner = type.fields.get(field);
    return inner && valueTypeAtPath(inner, rest);
  }
  if (type.kind !== 'variant') return undefined;
  if (field === '$tag') return SCALAR_TYPES.text;
  const [arm] = type.arms.values();
  return arm && valueTypeAtPath(arm, rest);
}
