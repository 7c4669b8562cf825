/** A plan while its author writes it. */
import type { DefPlan, PlanStep } from '../../forms/plan.js';
import { AuthorError } from '../author-error.js';
import { type AnyEffect, type Grant, type Secret, secretsIn } from '../authority.js';
import { type AnyTyped, isTyped, makeExpr } from '../expr/expr.js';
import { type Slot, slotOf } from '../expr/literal.js';
import { NODE } from '../expr/typed.js';
import { type AnySchema, type AnyType, checkLocalName, checkName, type Name, t } from '../types.js';
import type {
  AnyPlan,
  BindOptions,
  EmitOptions,
  Ended,
  Retry,
  Step,
  StepOptions,
  Use,
} from './builder.js';
import { GrantMaker } from './generated-grants.js';
import { Graph, type StepNode } from './graph.js';
import {
  handleJson,
  outcomeOf,
  slotOfHandles,
  typeOf,
  type Waitable,
  type Waited,
} from './handles.js';

interface Head {
  readonly input: AnySchema;
  readonly output?: AnySchema;
  readonly correlateBy?: string;
}

export class Draft {
  readonly input: AnyTyped;
  private readonly graph: Graph;
  private readonly secrets = new Set<Secret>();
  private readonly uses: { readonly effect: AnyEffect; readonly grant: () => Grant }[] = [];
  private readonly grants: GrantMaker;
  private readonly schemas = new Set<AnySchema>();
  private readonly children = new Set<AnyPlan>();
  private readonly locals: { [name: string]: string } = {};
  private readonly invariants: unknown[] = [];
  private readonly variables = new Set<string>();
  private hasEnd = false;

  constructor(
    private readonly name: Name,
    private readonly head: Head,
  ) {
    this.graph = new Graph(checkName(name));
    this.grants = new GrantMaker(name);
    this.input = makeExpr(head.input, { ref: '@plan.input' }, new Set([this]));
  }

  get correlationId(): AnyTyped {
    const { input, correlateBy = '' } = this.head;
    const fields = 'fields' in input.node ? input.node.fields : {};
    const type = Object.hasOwn(fields, correlateBy) ? fields[correlateBy] : undefined;
    if (type !== undefined) {
      return makeExpr(type, { ref: '@var:correlation_id' }, new Set([this]));
    }
    throw new AuthorError('author-field', this.name, `there is no field '${correlateBy}'`);
  }

  emit(
    id: string,
    effect: AnyEffect,
    params: unknown,
    options: EmitOptions<string> = {},
  ): Waitable {
    const at = this.place(id);
    const slot = slotOf(effect.params, params, at);
    const key = options.key === undefined ? undefined : slotOf(t.hash, options.key, at);
    const cap = options.grant?.name ?? this.grants.add(effect, params, at);
    const grant = () => options.grant ?? this.grants.get(cap);
    if (options.grant !== undefined && options.grant.cap.type !== effect.capType) {
      const message = `expected a grant of type ${effect.capType}, found ${options.grant.cap.type}`;
      throw new AuthorError('author-grant-type', at, message);
    }
    this.uses.push({ effect, grant });
    for (const secret of secretsIn(params)) this.secrets.add(secret);
    const variable = this.bind(id, options);
    const { deadlineNs, retry } = options;
    const json = {
      id,
      op: 'emit_effect',
      kind: effect.kind,
      params: slot.json,
      cap,
      ...(key === undefined ? {} : { idempotency_key: key.json }),
      bind: { effect_id_as: variable },
      ...(deadlineNs === undefined ? {} : { deadline_ns: deadlineNs }),
      ...(retry === undefined ? {} : { retry: retryJson(retry) }),
    };
    const step = this.add(json, [slot, ...(key === undefined ? [] : [key])], options);
    return { step, waits: 'effect', variable, type: effect.receipt };
  }

  call(
    id: string,
    effect: AnyEffect,
    params: unknown,
    options: EmitOptions<string> = {},
  ): AnyTyped {
    return this.await(`${id}_receipt`, this.emit(id, effect, params, options));
  }

  spawn(id: string, plan: AnyPlan, input: unknown, options: BindOptions = {}): Waitable {
    const slot = slotOf(plan.input, input, this.place(id));
    const variable = this.bind(id, options);
    const bind = { handle_as: variable };
    const json = { id, op: 'spawn_plan', plan: plan.name, input: slot.json, bind };
    const step = this.add(json, [slot], options);
    this.children.add(plan);
    return { step, waits: 'plan', variable, type: plan.output ?? t.unit };
  }

  spawnEach(
    id: string,
    plan: AnyPlan,
    inputs: unknown,
    options: BindOptions & { readonly max: number },
  ): Waitable {
    const slot = slotOf(t.list(plan.input), inputs, this.place(id));
    const variable = this.bind(id, options);
    const head = { id, op: 'spawn_for_each', plan: plan.name, inputs: slot.json };
    const json = { ...head, max_fanout: options.max, bind: { handles_as: variable } };
    const step = this.add(json, [slot], options);
    this.children.add(plan);
    return { step, waits: 'plans', variable, type: plan.output ?? t.unit };
  }

  await(id: string, handle: Waitable, options: BindOptions = {}): AnyTyped {
    const op = handle.waits === 'effect' ? 'await_receipt' : 'await_plan';
    return this.waitFor({ id, op }, handle, handle.type, options);
  }

  awaitAll(id: string, handles: Waited, options: BindOptions = {}): AnyTyped {
    return this.waitFor({ id, op: 'await_all' }, handles, t.list(typeOf(handles)), options);
  }

  awaitAny(id: string, handles: Waited, options: BindOptions = {}): AnyTyped {
    const first = t.record({ index: t.nat, value: typeOf(handles) });
    return this.waitFor({ id, op: 'await_any' }, handles, first, options);
  }

  private waitFor(
    head: { readonly id: string; readonly op: string },
    handles: Waited,
    type: AnyType,
    options: BindOptions,
  ): AnyTyped {
    const variable = this.bind(head.id, options);
    const json = { ...head, for: handleJson(handles), bind: { as: variable } };
    const step = this.add(json, [slotOfHandles(handles)], options);
    const sources = new Set([step]);
    const outcome = makeExpr(outcomeOf(handles, head.op), { ref: `@step:${head.id}` }, sources);
    return makeExpr(type, { ref: `@var:${variable}` }, sources, outcome);
  }

  cancel(id: string, handles: Waited, options: StepOptions = {}): Step {
    const json = { id, op: 'cancel', for: handleJson(handles) };
    return { step: this.add(json, [slotOfHandles(handles)], options) };
  }

  awaitEvent(
    id: string,
    event: AnySchema,
    options: BindOptions & { readonly where?: (event: never) => AnyTyped } = {},
  ): AnyTyped {
    this.schemas.add(event);
    const scope = {};
    const where = options.where?.(makeExpr(event, { ref: '@event' }, new Set([scope])) as never);
    const slots = where === undefined ? [] : [slotOf(t.bool, where, this.place(id))];
    const reads = slots.map(({ json, sources }) => ({ json, sources: without(sources, scope) }));
    const variable = this.bind(id, options);
    const filter = slots.map(({ json }) => ({ where: json }))[0] ?? {};
    const json = { id, op: 'await_event', event: event.name, ...filter, bind: { as: variable } };
    const step = this.add(json, reads, options);
    return makeExpr(event, { ref: `@var:${variable}` }, new Set([step]));
  }

  raise(id: string, event: AnySchema, value: unknown, options: StepOptions = {}): Step {
    this.schemas.add(event);
    const slot = slotOf(event, value, this.place(id));
    const json = { id, op: 'raise_event', event: event.name, value: slot.json };
    return { step: this.add(json, [slot], options) };
  }

  assign(
    id: string,
    value: AnyTyped,
    options: BindOptions & { readonly local?: AnySchema } = {},
  ): AnyTyped {
    const { type } = value[NODE];
    const slot = slotOf(options.local ?? type, value, this.place(id));
    const variable = this.bind(id, options);
    if (options.local !== undefined) {
      this.locals[variable] = options.local.name;
      this.schemas.add(options.local);
    }
    const json = { id, op: 'assign', expr: slot.json, bind: { as: variable } };
    const step = this.add(json, [slot], options);
    return makeExpr(type, { ref: `@var:${variable}` }, new Set([step]));
  }

  /** `end(id, result?, options?)`: the result is there when the plan has an output. */
  end(id: string, ...rest: readonly unknown[]): Ended {
    const { output } = this.head;
    const options = (output === undefined ? rest[0] : rest[1]) as StepOptions | undefined;
    const slot = output === undefined ? undefined : slotOf(output, rest[0], this.place(id));
    const json = { id, op: 'end', ...(slot === undefined ? {} : { result: slot.json }) };
    const slots = slot === undefined ? [] : [slot];
    this.hasEnd = true;
    if (options?.after !== undefined || options?.when !== undefined) {
      return { step: this.add(json, slots, options), ended: true };
    }
    const after = this.graph.steps.filter(({ json: { op } }) => op !== 'end').map(asStep);
    return { step: this.add(json, slots, { after }), ended: true };
  }

  invariant(condition: AnyTyped): void {
    this.invariants.push(slotOf(t.bool, condition, this.name).json);
  }

  /** The plan; `returned` is its result unless a step ended it. */
  finish(returned: unknown): AnyPlan {
    const { input, output, correlateBy } = this.head;
    const isEnd = typeof returned === 'object' && returned !== null && 'ended' in returned;
    if (returned !== undefined && !isEnd) this.end('end', returned);
    else if (!this.hasEnd && output === undefined) this.end('end');
    else if (!this.hasEnd) {
      const message = `expected a result of type ${output?.name}: return it, or write an end step`;
      throw new AuthorError('author-end-missing', this.name, message);
    }
    const uses = this.uses.map(({ effect, grant }): Use => ({ effect, grant: grant() }));
    return {
      name: this.name,
      input,
      output,
      correlateBy,
      definition: this.definition(uses),
      uses,
      secrets: [...this.secrets],
      schemas: [...this.schemas],
      children: [...this.children],
    };
  }

  private definition(uses: readonly Use[]): DefPlan {
    const { input, output } = this.head;
    const { steps, edges } = this.graph;
    const caps = sorted(uses.map(({ grant }) => grant.name));
    const kinds = sorted(uses.map(({ effect }) => effect.kind));
    const isLocal = Object.keys(this.locals).length > 0;
    return {
      $kind: 'defplan',
      name: this.name,
      input: input.name,
      ...(output === undefined ? {} : { output: output.name }),
      ...(isLocal ? { locals: this.locals } : {}),
      steps: steps.map(({ json }) => json),
      ...(edges.length === 0 ? {} : { edges }),
      ...(caps.length === 0 ? {} : { required_caps: caps, allowed_effects: kinds }),
      ...(this.invariants.length === 0 ? {} : { invariants: this.invariants as never }),
    };
  }

  private add(json: object, slots: readonly Slot[], options: StepOptions): StepNode {
    const step = json as PlanStep;
    checkLocalName(step.id, this.name);
    const at = this.place(step.id);
    const reads = new Set(slots.flatMap(({ sources }) => this.stepsIn(sources, at)));
    const after = new Set([options.after ?? []].flat().flatMap((each) => this.stepsOf(each, at)));
    if (options.when === undefined) return this.graph.add(step, { reads, after });
    const when = slotOf(t.bool, options.when, at);
    this.bind(`${step.id}_when`, {});
    const sources = new Set(this.stepsIn(when.sources, at));
    return this.graph.add(step, { reads, after, when: { json: when.json, sources } });
  }

  private stepsOf(each: Step | AnyTyped, at: string): readonly StepNode[] {
    return this.stepsIn(isTyped(each) ? each[NODE].sources : new Set([each.step]), at);
  }

  private stepsIn(sources: ReadonlySet<object>, at: string): readonly StepNode[] {
    return [...sources].flatMap((source) => {
      if (source === this) return [];
      if (this.graph.has(source)) return [source];
      const message = 'uses something of another plan, or an event or item outside of its function';
      throw new AuthorError('author-foreign-step', at, message);
    });
  }

  private bind(id: string, { as = id }: BindOptions): string {
    const variable = checkLocalName(as, this.place(id));
    if (this.variables.has(variable)) {
      const message = `there is a variable '${variable}' already; name this one with 'as'`;
      throw new AuthorError('author-step-duplicate', this.place(id), message);
    }
    this.variables.add(variable);
    return variable;
  }

  private place(id: string): string {
    return `${this.name} step ${id}`;
  }
}

const asStep = (step: StepNode): Step => ({ step });

const sorted = (names: readonly string[]) => [...new Set(names)].sort();

function without(sources: ReadonlySet<object>, scope: object): ReadonlySet<object> {
  return new Set([...sources].filter((each) => each !== scope));
}

function retryJson({ max, initialNs, factor, maxNs }: Retry): object {
  const backoff = {
    initial_ns: initialNs,
    ...(factor === undefined ? {} : { factor }),
    ...(maxNs === undefined ? {} : { max_ns: maxNs }),
  };
  return { max, backoff };
}
