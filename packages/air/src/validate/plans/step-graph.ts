/**
 * The steps of a plan as a graph.
 *
 * S1. Steps are their indices in the plan; a repeated id means its first step.
 * S2. Edges to unknown steps, repeated edges and steps beyond the limit are left out here and
 *     reported by the structure check.
 * S3. All walks use explicit stacks and take time linear in steps and edges; ancestors take one bit
 *     for each pair of steps.
 */
import type { DefPlan, PlanEdge } from '../../forms/plan.js';

/** Steps of one plan: as many as one bit for each pair of them is cheap for. */
export const MAX_PLAN_STEPS = 10_000;

const WORD_BITS = 32;

export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  /** Index into the edges of the plan. */
  readonly index: number;
}

export class StepGraph {
  readonly size: number;
  readonly stepOf: ReadonlyMap<string, number>;
  /** Edges into each step, in the order of the plan. */
  readonly incoming: readonly (readonly GraphEdge[])[];
  /**
   * Steps in an order in which every edge leads forward, the same for equal plans. Steps on or
   * behind a cycle are missing.
   */
  readonly order: readonly number[];
  private readonly isComplete: boolean;
  private readonly outgoing: readonly (readonly GraphEdge[])[];
  private readonly words: number;
  private ancestors: Uint32Array | undefined;

  constructor(plan: DefPlan) {
    const steps = plan.steps.slice(0, MAX_PLAN_STEPS);
    const stepOf = new Map<string, number>();
    for (const [i, { id }] of steps.entries()) if (!stepOf.has(id)) stepOf.set(id, i);
    this.size = steps.length;
    this.stepOf = stepOf;
    const edges = distinctEdges(plan.edges ?? [], stepOf);
    this.isComplete =
      stepOf.size === plan.steps.length && edges.length === (plan.edges ?? []).length;
    const incoming: GraphEdge[][] = steps.map(() => []);
    const outgoing: GraphEdge[][] = steps.map(() => []);
    for (const edge of edges) {
      incoming[edge.to]?.push(edge);
      outgoing[edge.from]?.push(edge);
    }
    this.incoming = incoming;
    this.outgoing = outgoing;
    this.order = forwardOrder(incoming, outgoing);
    this.words = Math.ceil(this.size / WORD_BITS);
  }

  get isCyclic(): boolean {
    return this.order.length < this.size;
  }

  /** False when something was left out or runs in a circle, so that the order says little. */
  get isSound(): boolean {
    return this.isComplete && !this.isCyclic;
  }

  /** True when a path of edges leads from one step to the other. */
  leads(from: number, to: number): boolean {
    this.ancestors ??= this.findAncestors();
    const word = this.ancestors[to * this.words + Math.floor(from / WORD_BITS)] ?? 0;
    return ((word >>> (from % WORD_BITS)) & 1) === 1;
  }

  /** One cycle as the steps along it; undefined when there is none. */
  cycle(): readonly number[] | undefined {
    if (!this.isCyclic) return undefined;
    const ordered = new Set(this.order);
    const seenAt = new Map<number, number>();
    const path: number[] = [];
    let step = this.incoming.findIndex((_, i) => !ordered.has(i));
    while (!seenAt.has(step)) {
      seenAt.set(step, path.length);
      path.push(step);
      // A step that was never ordered has an edge from a step that was not ordered either.
      step = this.incoming[step]?.find(({ from }) => !ordered.has(from))?.from ?? step;
    }
    return path.slice(seenAt.get(step)).reverse();
  }

  /** Steps that edges for which `isOpen` holds lead to, beginning with steps without edges in. */
  reached(isOpen: (edge: GraphEdge) => boolean): ReadonlySet<number> {
    const reached = new Set<number>();
    const waiting = this.incoming.flatMap((edges, step) => (edges.length === 0 ? [step] : []));
    for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
      if (reached.has(step)) continue;
      reached.add(step);
      for (const edge of this.outgoing[step] ?? []) if (isOpen(edge)) waiting.push(edge.to);
    }
    return reached;
  }

  private findAncestors(): Uint32Array {
    const bits = new Uint32Array(this.size * this.words);
    for (const step of this.order) {
      for (const { from } of this.incoming[step] ?? []) {
        const base = step * this.words;
        for (let i = 0; i < this.words; i += 1) {
          bits[base + i] = (bits[base + i] ?? 0) | (bits[from * this.words + i] ?? 0);
        }
        const word = base + Math.floor(from / WORD_BITS);
        bits[word] = (bits[word] ?? 0) | (1 << (from % WORD_BITS));
      }
    }
    return bits;
  }
}

function distinctEdges(
  edges: readonly PlanEdge[],
  stepOf: ReadonlyMap<string, number>,
): readonly GraphEdge[] {
  const seen = new Set<string>();
  return edges.flatMap((edge, index) => {
    const [from, to] = [stepOf.get(edge.from), stepOf.get(edge.to)];
    if (from === undefined || to === undefined || seen.has(`${from} ${to}`)) return [];
    seen.add(`${from} ${to}`);
    return [{ from, to, index }];
  });
}

function forwardOrder(
  incoming: readonly (readonly GraphEdge[])[],
  outgoing: readonly (readonly GraphEdge[])[],
): readonly number[] {
  const undecided = incoming.map((edges) => edges.length);
  const order = undecided.flatMap((count, step) => (count === 0 ? [step] : []));
  for (let i = 0; i < order.length; i += 1) {
    for (const { to } of outgoing[order[i] as number] ?? []) {
      undecided[to] = (undecided[to] ?? 0) - 1;
      if (undecided[to] === 0) order.push(to);
    }
  }
  return order;
}
