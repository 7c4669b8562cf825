/**
 * Reducers as machines: which events a phase takes, and to which phases it may lead.
 *
 * 1. An event that a phase does not name keeps the state, or ends the call, as the machine says.
 * 2. A handler that leads to a phase which is not listed ends the call.
 */
import type { Call } from './call.js';
import type { Next } from './reducer.js';
import { mismatch } from './shape.js';

interface Tagged {
  readonly $tag: string;
}

/** The content of the arm of `E` with this tag. */
type Content<E, T> = E extends { readonly $tag: T; readonly $value?: infer V } ? V : never;

export type Handler<S, V, A> = (state: S, content: V, ctx: Call<A>) => Next<S>;

/** What each phase does with the events it takes. */
export type Handlers<S, P extends string, E extends Tagged, A> = {
  readonly [K in P]?: { readonly [T in E['$tag']]?: Handler<S, Content<E, T>, A> };
};

export interface Machine<S, P extends string, E extends Tagged, A> {
  readonly phaseOf: (state: S) => P;
  readonly on: Handlers<S, P, E, A>;
  /** The phases that each may lead to beside itself; without it every phase may lead to any. */
  readonly moves?: { readonly [K in P]?: readonly P[] };
  /** What becomes of an event that the phase does not take; `keep` unless told. */
  readonly otherwise?: 'keep' | 'fail';
}

/** The function of a reducer, from its machine. */
export function typestate<S, P extends string, E extends Tagged, A = never>(
  machine: Machine<S, P, E, A>,
): (state: S, event: E, ctx: Call<A>) => Next<S> {
  const { phaseOf, on, moves, otherwise = 'keep' } = machine;
  return (state, event, ctx) => {
    const phase = phaseOf(state);
    const handlers = on[phase] as { readonly [tag: string]: Handler<S, unknown, A> } | undefined;
    const handler = handlers?.[event.$tag];
    if (!handler)
      return otherwise === 'keep' ? undefined : mismatch(`an event of ${phase}`, event.$tag);
    const next = handler(state, (event as { $value?: unknown }).$value, ctx);
    if (next === undefined || typeof next === 'symbol') return next;
    const reached = phaseOf(next as S);
    if (!moves || reached === phase || moves[phase]?.includes(reached)) return next;
    return mismatch(`a move from ${phase} to one of ${moves[phase] ?? 'none'}`, reached);
  };
}

/** The result of the one handler that is for the value's arm. */
export function match<V extends Tagged, R>(
  value: V,
  arms: { readonly [T in V['$tag']]: (content: Content<V, T>) => R },
): R {
  const arm = (arms as { readonly [tag: string]: (content: unknown) => R })[value.$tag];
  return arm ? arm((value as { $value?: unknown }).$value) : mismatch('a known arm', value.$tag);
}
