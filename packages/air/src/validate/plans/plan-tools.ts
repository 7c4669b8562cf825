/** What the checks of one plan share. */
import { TypeRelations } from '../../expr/program/fits.js';
import type { DefPlan } from '../../forms/plan.js';
import { NEVER, SCALAR_TYPES, type ValueType } from '../../values/value-type.js';
import { error, type Finding, pathOf, warning } from '../../world/finding.js';
import type { SlotSchemas } from '../../world/normal-form.js';
import type { DefinitionIndex, Placed } from '../definition-index.js';
import { PlanExpressions, type SlotSchema } from './expressions.js';
import { CORRELATION, PlanScope } from './scope.js';
import { statusReads } from './status-reads.js';
import type { StepGraph } from './step-graph.js';

/** Relations of types that a whole world shares. */
export class SameTypes {
  private readonly relations = new TypeRelations();

  /** True when each may stand for the other as it is. */
  isSame(a: ValueType, b: ValueType): boolean {
    return this.relations.fit(a, b) === 'same' && this.relations.fit(b, a) === 'same';
  }

  /** Of two types that are the same, the one that says more. */
  join(a: ValueType, b: ValueType): ValueType {
    return this.relations.join(a, b) ?? a;
  }
}

/** What the checks of all plans of a world share. */
export interface PlansContext {
  readonly index: DefinitionIndex;
  readonly schemas: SlotSchemas;
  readonly types: SameTypes;
}

export class PlanTools {
  readonly index: DefinitionIndex;
  readonly schemas: SlotSchemas;
  readonly types: SameTypes;
  readonly scope: PlanScope;
  readonly expressions: PlanExpressions;
  /** Waits whose status the plan reads. */
  readonly reads: ReadonlySet<string>;
  /** A trigger gives its instances a correlation. */
  readonly isCorrelated: boolean;
  /** What has been found since the last `take`. */
  readonly report: Finding[] = [];

  constructor(
    readonly plan: Placed<DefPlan>,
    readonly graph: StepGraph,
    { index, schemas, types }: PlansContext,
  ) {
    this.index = index;
    this.schemas = schemas;
    this.types = types;
    this.scope = new PlanScope(plan.value, graph);
    const input = schemas.schema(plan.value.input)?.type ?? NEVER;
    this.expressions = new PlanExpressions(this.scope, input, index, this.report);
    this.reads = statusReads(plan.value);
    const correlation = correlationType(index, schemas, plan.value.name);
    this.isCorrelated = correlation !== undefined;
    if (correlation !== undefined) this.scope.vars.set(CORRELATION, correlation);
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
      vars.set(variable, this.types.join(known, type));
      return type;
    }
    vars.set(variable, known);
    const hint = 'give it another name, or declare it in locals and bind what fits';
    const message = `expected what ${variable} is bound to elsewhere, found another type`;
    this.fail('variable-type-mismatch', `${at}/bind/as`, message, hint);
    return type;
  }
}

/**
 * The type of the correlation that triggers give a plan: never when a field is not there, undefined
 * when no trigger gives any.
 */
function correlationType(
  index: DefinitionIndex,
  schemas: SlotSchemas,
  plan: string,
): ValueType | undefined {
  for (const { event, correlate_by } of index.triggers.get(plan) ?? []) {
    if (correlate_by === undefined) continue;
    const type = schemas.schema(event)?.type;
    return (type && valueTypeAtPath(type, correlate_by.split('.'))) ?? NEVER;
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
