/**
 * One call of a reducer as its author sees it: what the world says, and what the reducer asks for.
 *
 * C1. Everything asked for belongs to the call: when it ends with an error, nothing of it remains.
 * C2. The order in which events and effects are asked for is the order of the output.
 */
import type { DomainEvent, Effect, EmitOptions } from './effects.js';
import { isRecord, mismatch, type Shape } from './shape.js';

/** What plain data a call's context is. */
type ContextFields = Readonly<Record<string, unknown>>;

/** Most effects and events of one call; the world refuses more. */
const MAX_EFFECTS = 64;
const MAX_EVENTS = 256;

export class Call<A> {
  /** Name of the schema of the event: the family that the reducer declares. */
  readonly schema: string;
  /** Correlation bytes that came with the event. */
  readonly eventKey: Uint8Array | null;

  /** Schema, plain value and key of each event, one after the other. */
  readonly raised: unknown[] = [];
  /** Kind, plain params, slot and idempotency key of each effect, one after the other. */
  readonly emitted: unknown[] = [];
  /** The plain annotation, or undefined. */
  annotation: unknown = undefined;

  readonly #context: unknown;
  readonly #declared: Declared<A>;

  constructor(schema: string, eventKey: Uint8Array | null, from: CallOrigin<A>) {
    this.schema = schema;
    this.eventKey = eventKey;
    this.#context = from.context;
    this.#declared = from.declared;
  }

  // ---- what the world says, to modules that declare a context

  /** Wall time of the input, in nanoseconds since the epoch. */
  get nowNs(): bigint {
    return this.#field('now_ns') as bigint;
  }

  /** Monotone time of the world, in nanoseconds; deadlines are measured on it. */
  get logicalNowNs(): bigint {
    return this.#field('logical_now_ns') as bigint;
  }

  get journalHeight(): bigint {
    return this.#field('journal_height') as bigint;
  }

  /** 64 bytes, different for every call: the only source of chance. */
  get entropy(): Uint8Array {
    return this.#field('entropy') as Uint8Array;
  }

  /** `sha256:` and 64 hex digits. */
  get eventHash(): string {
    return this.#field('event_hash') as string;
  }

  get manifestHash(): string {
    return this.#field('manifest_hash') as string;
  }

  /** Name of this reducer's module in the manifest. */
  get reducer(): string {
    return this.#field('reducer') as string;
  }

  /** The cell's key as canonical bytes; null for a reducer with one state. */
  get key(): Uint8Array | null {
    return (this.#contextFields().key as Uint8Array | undefined) ?? null;
  }

  // ---- what the reducer asks for

  /** Raises a domain event, to be routed like any other. */
  raise<T>(event: DomainEvent<T>, value: T, key: Uint8Array | null = null): void {
    if (this.raised.length >= MAX_EVENTS * 3) mismatch(`at most ${MAX_EVENTS} events`, 'more');
    this.raised.push(event.name, event.lower(value), key);
  }

  /** Asks for an effect that the reducer declares. */
  emit<P>(effect: Effect<P>, params: P, options: EmitOptions = {}): void {
    if (!this.#declared.effects.has(effect.kind)) mismatch('a declared effect', effect.kind);
    if (this.emitted.length >= MAX_EFFECTS * 4) mismatch(`at most ${MAX_EFFECTS} effects`, 'more');
    const { slot = null, idempotencyKey = null } = options;
    this.emitted.push(effect.kind, effect.params.lower(params), slot, idempotencyKey);
  }

  /** Leaves a note beside the step; the last one stands. */
  annotate(note: A): void {
    const { annotations } = this.#declared;
    this.annotation = annotations
      ? annotations.lower(note)
      : mismatch('a reducer that declares annotations', 'none');
  }

  #field(name: string): unknown {
    return this.#contextFields()[name] ?? mismatch(`a context with ${name}`, 'none');
  }

  #contextFields(): ContextFields {
    const context = this.#context;
    return isRecord(context) ? context : mismatch('a module that declares a context', 'none');
  }
}

/** What a reducer declares that its calls may do. */
export interface Declared<A> {
  readonly effects: ReadonlySet<string>;
  readonly annotations?: Shape<A>;
}

export interface CallOrigin<A> {
  readonly context: unknown;
  readonly declared: Declared<A>;
}
