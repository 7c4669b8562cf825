/**
 * A reducer as a value: its shapes, and the one function that decides.
 *
 * 1. A reducer is a function of its call. What modules keep between calls in variables is gone in
 *    the next one: every call starts from the script as it was evaluated when it was built.
 * 2. An error ends the call; nothing of it remains.
 */
import { type Call, type CallDesk, type Origin, openDesk } from './call.js';
import type { Effect } from './effects.js';
import { isObject, mismatch, type Shape } from './shape.js';

/** What `reduce` answers with to remove the cell: the next event finds no state. */
export const DELETED: unique symbol = Symbol('deleted');
export type Deleted = typeof DELETED;

/** The next state, nothing to keep the one there is, or {@link DELETED}. */
export type Next<S> = S | undefined | Deleted;

export interface ReducerShapes<S, E, A> {
  readonly state: Shape<S>;
  /** The family of events that are routed to this reducer. */
  readonly event: Shape<E>;
  readonly annotations?: Shape<A>;
  /** The effects that it may ask for. */
  readonly effects?: readonly Effect<unknown>[];
}

/** With `initial`, a reducer never sees a missing state. */
export interface ReducerConfig<S, E, A> extends ReducerShapes<S, E, A> {
  readonly initial: () => S;
}

// biome-ignore lint/suspicious/noConfusingVoidType: who only asks for effects returns nothing
export type Reduce<S, G, E, A> = (state: G, event: E, ctx: Call<A>) => Next<S> | void;

/** What becomes of the state, as the bridge reads it. */
const KEEP = 0;
const SET = 1;
const DELETE = 2;

/** What a call comes to: mode, plain state, events, effects, plain annotation. */
export type Answer = readonly [
  mode: number,
  state: unknown,
  events: readonly unknown[],
  effects: readonly unknown[],
  annotation: unknown,
];

/** A call from outside, in plain data; `state` is undefined when there is none. */
export type Dispatch = (state: unknown, event: unknown, origin: Origin) => Answer;

export interface Reducer<S, E, A> {
  readonly shapes: ReducerShapes<S, E, A>;
  readonly dispatch: Dispatch;
}

/** Defines a reducer; the entry file of a script exports it as its default. */
export function defineReducer<S, E, A = never>(
  config: ReducerConfig<S, E, A>,
  reduce: Reduce<S, S, E, A>,
): Reducer<S, E, A>;
export function defineReducer<S, E, A = never>(
  config: ReducerShapes<S, E, A>,
  reduce: Reduce<S, S | null, E, A>,
): Reducer<S, E, A>;
export function defineReducer<S, E, A>(
  config: ReducerShapes<S, E, A> & { readonly initial?: () => S },
  reduce: Reduce<S, never, E, A>,
): Reducer<S, E, A> {
  const { state: shape, event, annotations, initial = () => null } = config;
  const kinds = (config.effects ?? []).map(({ kind }) => kind);
  const desk = openDesk<A>({ effects: new Set(kinds), annotations });
  const { call } = desk;
  const dispatch: Dispatch = (state, plain, origin) => {
    desk.open(origin);
    const given = state === undefined ? initial() : shape.lift(state);
    const next = reduce(given as never, event.lift(plain), call);
    return answerOf(next as Next<S>, shape, desk);
  };
  return { shapes: config, dispatch };
}

function answerOf<S, A>(next: Next<S>, shape: Shape<S>, desk: CallDesk<A>): Answer {
  if (next === undefined) return answer(KEEP, null, desk);
  if (next === DELETED) return answer(DELETE, null, desk);
  return answer(SET, shape.lower(next), desk);
}

function answer<A>(mode: number, state: unknown, desk: CallDesk<A>): Answer {
  return [mode, state, desk.events(), desk.effects(), desk.annotation()];
}

/** What an entry file exports, if it is a reducer. */
export function asReducer(value: unknown): Reducer<unknown, unknown, unknown> {
  if (isObject(value) && typeof value.dispatch === 'function') return value as never;
  return mismatch('an entry file whose default export is a reducer', value);
}
