/** One call of an effect, as the script of a test sees it. */
import type { EffectDefinition } from '@aos/air';
import { toHex } from '@aos/canon';
import {
  AosFault,
  type EffectCall,
  type EffectContext,
  type EffectFailure,
  type EffectOutcome,
  failedOutcome,
} from '@aos/protocol';
import { normalWritten, readTyped } from './typed-values.js';

/** What a handler answers to leave a call open, until the test lets it go on. */
export const HOLD: unique symbol = Symbol('hold');

export interface OkOptions {
  /** What it cost, for budgets. */
  readonly cents?: number | bigint;
}

export type FailOptions = Partial<Pick<EffectFailure, 'status' | 'message' | 'retry'>>;

/** `answering`: its handler is at it. `held`: it waits for the test. `answered`: it has ended. */
export type CallState = 'answering' | 'held' | 'answered';

const CANCELLED: EffectFailure = {
  status: 'cancelled',
  code: 'test-effect-cancelled',
  message: 'the held call was called off',
};

// biome-ignore lint/suspicious/noExplicitAny: without an effect to type it, a call is of any shape
export class ScriptedCall<P = any, R = any> {
  /** Parameters, as tests read values. */
  readonly params: P;
  #state: CallState = 'answering';
  #outcome: EffectOutcome | undefined;
  #resume: ((outcome: EffectOutcome | Promise<EffectOutcome>) => void) | undefined;

  /** @internal */
  constructor(
    /** What the adapter port is given. */
    readonly raw: EffectCall,
    readonly context: EffectContext,
    /** Which call of its kind it is, from 1. */
    readonly nth: number,
    private readonly effect: EffectDefinition | undefined,
  ) {
    this.params = readTyped(raw.params, effect?.params.type) as P;
    context.cancel.onCancel(() => this.answer(failedOutcome(CANCELLED)));
  }

  /** The kind, as `http.request`. */
  get kind(): string {
    return this.raw.effect;
  }

  /** The intent hash in hex: the same for every start of one intent. */
  get intent(): string {
    return toHex(this.raw.intentHash);
  }

  /** The idempotency key in hex. */
  get idempotencyKey(): string {
    return toHex(this.raw.idempotencyKey);
  }

  get state(): CallState {
    return this.#state;
  }

  /** How it ended, once it has. */
  get outcome(): EffectOutcome | undefined {
    return this.#outcome;
  }

  /**
   * An outcome that is ok. Throws AosFault with the code of the schema where the receipt does not
   * fit that of the effect, since a real host would not hand it in either.
   */
  ok(receipt: R, { cents }: OkOptions = {}): EffectOutcome {
    if (this.effect === undefined) throw unknownEffect(this.kind);
    const payload = normalWritten(receipt, this.effect.receipt);
    if (cents === undefined) return { status: 'ok', payload };
    return { status: 'ok', payload, costCents: BigInt(cents) };
  }

  /** An outcome that is not ok: `error`, and not tried again, where nothing else is said. */
  fail(code: string, options: FailOptions = {}): EffectOutcome {
    const { status = 'error', message = 'the test says so', retry = 'never' } = options;
    return failedOutcome({ status, code, message, retry });
  }

  /** Ends a held call. One that is not held stays as it is. */
  answer(outcome: EffectOutcome): void {
    this.resume(outcome);
  }

  /** @internal A promise that rejects makes the adapter throw. */
  resume(outcome: EffectOutcome | Promise<EffectOutcome>): void {
    const resume = this.#resume;
    this.#resume = undefined;
    if (resume === undefined) return;
    this.#state = 'answering';
    resume(outcome);
  }

  /** @internal Resolves with what {@link answer} is given. */
  hold(): Promise<EffectOutcome> {
    this.#state = 'held';
    return new Promise((resolve) => {
      this.#resume = resolve;
      if (this.context.cancel.isCancelled) this.answer(failedOutcome(CANCELLED));
    });
  }

  /** @internal While it is held, a handler may be at it once more. */
  set isAtWork(isAtWork: boolean) {
    if (this.#resume !== undefined) this.#state = isAtWork ? 'answering' : 'held';
  }

  /** @internal */
  end(outcome: EffectOutcome): void {
    this.#state = 'answered';
    this.#outcome = outcome;
  }
}

function unknownEffect(kind: string): AosFault {
  const message = `the world defines no effect of the kind ${kind}`;
  return new AosFault('test-effect-unknown', message, { retry: 'never' });
}
