/**
 * One call of a reducer as its author sees it: what the world says, and what the reducer asks for.
 *
 * C1. Everything asked for belongs to the call: when it ends with an error, nothing of it remains.
 * C2. The order in which events and effects are asked for is the order of the output.
 * C3. Calls do not nest, so one object serves them all; variables of its closure are the call.
 */
import type { DomainEvent, Effect, EmitOptions } from './effects.js';
import { isObject, mismatch, type Shape } from './shape.js';

/** Most effects and events of one call; the world refuses more. */
const MAX_EFFECTS = 64;
const MAX_EVENTS = 256;

export interface Call<A> {
  /** Name of the schema of the event: the family that the reducer declares. */
  readonly schema: string;
  /** Correlation bytes that came with the event. */
  readonly eventKey: Uint8Array | null;
  /** What the world says, to modules that declare a context; others end the call by asking. */
  readonly world: World;
  /** Raises a domain event, to be routed like any other. */
  raise<T>(event: DomainEvent<T>, value: T, key?: Uint8Array): void;
  /** Asks for an effect that the reducer declares. */
  emit<P>(effect: Effect<P>, params: P, options?: EmitOptions): void;
  /** Leaves a note beside the step; the last one stands. */
  annotate(note: A): void;
}

/** A reducer's context, stamped: the same on every replay. */
export interface World {
  /** Wall time of the input, in nanoseconds since the epoch. */
  readonly now_ns: bigint;
  /** Monotone time of the world, in nanoseconds; deadlines are measured on it. */
  readonly logical_now_ns: bigint;
  readonly journal_height: bigint;
  /** 64 bytes, different for every call: the only source of chance. */
  readonly entropy: Uint8Array;
  /** `sha256:` and 64 hex digits. */
  readonly event_hash: string;
  readonly manifest_hash: string;
  /** Name of this reducer's module in the manifest. */
  readonly reducer: string;
  /** Whether the reducer keeps one state per key. */
  readonly cell_mode: boolean;
  /** The cell's key as canonical bytes, for a reducer with one state per key. */
  readonly key?: Uint8Array;
}

/** Where a call comes from: the event's schema and key, and the plain context or undefined. */
export type Origin = readonly [schema: string, key: Uint8Array | null, context: unknown];

/** What a reducer declares that its calls may do. */
export interface Declared<A> {
  readonly effects: ReadonlySet<string>;
  readonly annotations: Shape<A> | undefined;
}

/** What a call was asked with, and what it asked for so far. */
export interface CallDesk<A> {
  readonly call: Call<A>;
  open(origin: Origin): void;
  /** Schema, plain value and key of each event, one after the other. */
  events(): readonly unknown[];
  /** Kind, plain params, slot and idempotency key of each effect, one after the other. */
  effects(): readonly unknown[];
  /** The plain annotation, or undefined. */
  annotation(): unknown;
}

const NONE: readonly unknown[] = [];

export function openDesk<A>({ effects: kinds, annotations }: Declared<A>): CallDesk<A> {
  let schema = '';
  let eventKey: Uint8Array | null = null;
  let context: unknown;
  let events: unknown[] | undefined;
  let effects: unknown[] | undefined;
  let annotation: unknown;
  const call: Call<A> = {
    get schema() {
      return schema;
    },
    get eventKey() {
      return eventKey;
    },
    get world() {
      if (isObject(context)) return context as unknown as World;
      return mismatch('a module that declares a context', 'none');
    },
    raise(event, value, key) {
      events ??= [];
      if (events.length >= MAX_EVENTS * 3) mismatch(`at most ${MAX_EVENTS} events`, 'more');
      events.push(event.name, event.lower(value), key ?? null);
    },
    emit(effect, params, { slot, idempotencyKey } = {}) {
      if (!kinds.has(effect.kind)) mismatch('an effect that is declared', effect.kind);
      effects ??= [];
      if (effects.length >= MAX_EFFECTS * 4) mismatch(`at most ${MAX_EFFECTS} effects`, 'more');
      const lowered = effect.params.lower(params);
      effects.push(effect.kind, lowered, slot ?? null, idempotencyKey ?? null);
    },
    annotate(note) {
      if (!annotations) mismatch('a reducer that declares annotations', 'none');
      else annotation = annotations.lower(note);
    },
  };
  return {
    call,
    open(origin) {
      schema = origin[0];
      eventKey = origin[1];
      context = origin[2];
      events = undefined;
      effects = undefined;
      annotation = undefined;
    },
    events: () => events ?? NONE,
    effects: () => effects ?? NONE,
    annotation: () => annotation,
  };
}
