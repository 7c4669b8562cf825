/**
 * The graph of a plan while it is written: which step has to wait for which.
 *
 * G1. A step follows every step whose value it reads, and every step named in `after`.
 * G2. An edge that follows from others is left out.
 * G3. A step that reads another runs only when the other did: reading out of a branch that may be
 *     skipped, from a step outside of it, is refused while the plan is written.
 */
import type { PlanEdge, PlanStep } from '../forms/plan.js';
import { printJson } from '../json/printer.js';
import type { JsonValue } from '../json/value.js';
import { AuthorError } from './author-error.js';
import type { Slot } from './literal.js';

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
    if (this.ids.has(json.id)) {
      const message = 'there is a step of this name already';
      throw new AuthorError('author-step-duplicate', this.place(json.id), message);
    }
    const { when } = placing;
    const all = new Set([...placing.reads, ...placing.after]);
    const sources = nearest(all, placing.reads, this.steps);
    if (when === undefined) return this.link(json, sources, placing.reads);
    const needed = [...when.sources] as StepNode[];
    const isKnown = (source: StepNode) =>
      needed.every((each) => each === source || source.before.has(each));
    if (sources.length > 0 && sources.every(isKnown)) {
      return this.link(json, sources, placing.reads, when.json);
    }
    return this.addGated(json, { ...placing, when });
  }

  /** A guard that needs more than one step, or none, is worked out in a step of its own. */
  private addGated(json: PlanStep, placing: Placing & { readonly when: Slot }): StepNode {
    const id = `${json.id}_when`;
    const { when, after } = placing;
    const reads = new Set([...placing.reads, ...when.sources] as StepNode[]);
    const gate = { id, op: 'assign', expr: when.json, bind: { as: id } } as PlanStep;
    const source = this.add(gate, { reads, after });
    return this.link(json, [source], placing.reads, { ref: `@var:${id}` });
  }

  private link(
    json: PlanStep,
    sources: readonly StepNode[],
    reads: ReadonlySet<StepNode>,
    when?: JsonValue,
  ): StepNode {
    const guard = when === undefined ? [] : [printJson(when)];
    const before = new Map<StepNode, boolean>();
    for (const source of sources) {
      const isOpen = when === undefined;
      before.set(source, isOpen || before.get(source) === true);
      for (const [each, wasOpen] of source.before) {
        before.set(each, (isOpen && wasOpen) || before.get(each) === true);
      }
    }
    const guards = new Set([...common(sources.map((source) => source.guards)), ...guard]);
    const step: StepNode = { json, before, guards };
    for (const read of reads) this.checkRead(read, step);
    this.ids.add(json.id);
    this.steps.push(step);
    this.known.add(step);
    for (const source of sources) {
      const edge = { from: source.json.id, to: json.id };
      this.edges.push(when === undefined ? edge : { ...edge, when: when as never });
    }
    return step;
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
