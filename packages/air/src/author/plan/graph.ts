/**
 * The graph of a plan while it is written: which step has to wait for which.
 *
 * G1. A step follows every step whose value it reads, and every step named in `after`.
 * G2. An edge that follows from others is left out.
 * G3. A step that reads another runs only when the other did: reading out of a branch that may be
 *     skipped, from a step outside of it, is refused while the plan is written.
 */
import type { PlanEdge, PlanStep } from '../../forms/plan.js';
import { printJson } from '../../json/printer.js';
import type { JsonValue } from '../../json/value.js';
import { AuthorError } from '../author-error.js';
import type { Slot } from '../expr/literal.js';

/** One step of a plan, and all that is known of its place. */
export interface StepNode {
  readonly json: PlanStep;
  /** Steps before it; true when each edge on some way here is without a guard. */
  readonly before: ReadonlyMap<StepNode, boolean>;
  /** Guards that must have held for the step to run. */
  readonly guards: ReadonlySet<string>;
}

/** What decides where a step stands. */
export interface Placing {
  /** Steps whose values it reads. */
  readonly reads: ReadonlySet<StepNode>;
  readonly after: ReadonlySet<StepNode>;
  readonly when?: Slot;
}

/** What stands on the edge, and the condition it stands for. */
interface Guard {
  readonly json: JsonValue;
  readonly key: string;
}

export class Graph {
  readonly steps: StepNode[] = [];
  readonly edges: PlanEdge[] = [];
  private readonly ids = new Set<string>();
  private readonly known = new Set<object>();

  constructor(private readonly plan: string) {}

  has(step: object): step is StepNode {
    return this.known.has(step);
  }

  /** Adds a step. Throws `author-step-duplicate`, `author-branch-read`. */
  add(json: PlanStep, placing: Placing): StepNode {
    this.checkId(json.id);
    const { when, after } = placing;
    const needed = new Set(when?.sources as ReadonlySet<StepNode> | undefined);
    const reads = new Set([...placing.reads, ...needed]);
    const sources = nearest(new Set([...reads, ...after]), reads, this.steps);
    if (when === undefined) return this.link(json, sources, reads);
    const guard = { json: when.json, key: printJson(when.json) };
    const isKnown = (source: StepNode) =>
      [...needed].every((each) => each === source || source.before.has(each));
    if (sources.length > 0 && sources.every(isKnown)) {
      return this.link(json, sources, reads, guard);
    }
    const gate = this.addGate(`${json.id}_when`, when.json, { sources, needed });
    return this.link(json, [gate], reads, { ...guard, json: { ref: `@var:${gate.json.id}` } });
  }

  /** A guard that needs more than one step, or none, is worked out in a step of its own. */
  private addGate(
    id: string,
    guard: JsonValue,
    place: { readonly sources: readonly StepNode[]; readonly needed: ReadonlySet<StepNode> },
  ): StepNode {
    this.checkId(id);
    const json = { id, op: 'assign', expr: guard, bind: { as: id } } as PlanStep;
    return this.link(json, place.sources, place.needed);
  }

  private link(
    json: PlanStep,
    sources: readonly StepNode[],
    reads: ReadonlySet<StepNode>,
    guard?: Guard,
  ): StepNode {
    const before = new Map<StepNode, boolean>();
    for (const source of sources) {
      const isOpen = guard === undefined;
      before.set(source, isOpen || before.get(source) === true);
      for (const [each, wasOpen] of source.before) {
        before.set(each, (isOpen && wasOpen) || before.get(each) === true);
      }
    }
    const own = guard === undefined ? [] : [guard.key];
    const guards = new Set([...common(sources.map((source) => source.guards)), ...own]);
    const step: StepNode = { json, before, guards };
    for (const read of reads) this.checkRead(read, step);
    this.ids.add(json.id);
    this.steps.push(step);
    this.known.add(step);
    for (const source of sources) {
      const edge = { from: source.json.id, to: json.id };
      this.edges.push(guard === undefined ? edge : { ...edge, when: guard.json as never });
    }
    return step;
  }

  private checkId(id: string): void {
    if (!this.ids.has(id)) return;
    const message = 'there is a step of this name already';
    throw new AuthorError('author-step-duplicate', this.place(id), message);
  }

  private checkRead(read: StepNode, step: StepNode): void {
    const missing = [...read.guards].find((guard) => !step.guards.has(guard));
    if (missing === undefined) return;
    throw new AuthorError(
      'author-branch-read',
      this.place(step.json.id),
      `reads '${read.json.id}', which runs only when ${missing}; give this step the same 'when'`,
    );
  }

  private place(id: string): string {
    return `${this.plan} step ${id}`;
  }
}

/** The steps that no other of them makes superfluous. */
function nearest(
  all: ReadonlySet<StepNode>,
  reads: ReadonlySet<StepNode>,
  order: readonly StepNode[],
): readonly StepNode[] {
  const isImplied = (early: StepNode) =>
    [...all].some((late) => {
      const isOpen = late.before.get(early);
      return isOpen !== undefined && (isOpen || reads.has(late));
    });
  return order.filter((step) => all.has(step) && !isImplied(step));
}

function common(sets: readonly ReadonlySet<string>[]): readonly string[] {
  const [first, ...more] = sets;
  return first === undefined ? [] : [...first].filter((each) => more.every((set) => set.has(each)));
}
