/**
 * The outside of a test world: what is answered to each kind of effect, and what was asked.
 *
 * 1. What no script answers is refused with `test-effect-unscripted`, and the test is told when it
 *    next waits for the world, naming the effect.
 * 2. What a handler throws reaches the test too, so an assertion inside a handler fails the test.
 * 3. A handler that answers nothing is told of as `test-answer-missing`.
 * 4. A call is at work in its handler or held; while any is at work the world is not at rest.
 */
import type { WorldDefinition } from '@aos/air';
import type { Effect, ValueOf } from '@aos/air/author';
import { toHex } from '@aos/canon';
import type { UnendedEffect } from '@aos/host';
import {
  type Adapter,
  AosFault,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  failedOutcome,
} from '@aos/protocol';
import { type FailOptions, HOLD, ScriptedCall } from './scripted-call.js';
import type { Written } from './typed-values.js';

/** What a handler answers: an outcome, as `call.ok(…)` and `call.fail(…)` make it, or `HOLD`. */
export type ScriptAnswer = EffectOutcome | typeof HOLD;

// biome-ignore lint/suspicious/noExplicitAny: without an effect to type it, a call is of any shape
export type Handler<P = any, R = any> = (
  call: ScriptedCall<P, R>,
) => ScriptAnswer | Promise<ScriptAnswer>;

/** An effect of `@aos/air/author`, or its kind. */
export type EffectName = string | { readonly kind: string };

interface Rule {
  always?: Handler;
  readonly once: Handler[];
  isHeld: boolean;
}

export class EffectScript {
  readonly #rules = new Map<string, Rule>();
  readonly #calls: ScriptedCall[] = [];
  readonly #problems: unknown[] = [];
  #change = makeSignal();
  /** @internal How often a call was started, held or ended. */
  changes = 0;

  /** @internal */
  constructor(private readonly definition: WorldDefinition) {}

  /** Answers every call of the effect from now on. */
  on<P, R>(effect: Effect<P, R>, handler: Handler<ValueOf<P>, Written<R>>): this;
  on(kind: string, handler: Handler): this;
  on(effect: EffectName, handler: Handler): this {
    this.#ruleOf(effect).always = handler;
    return this;
  }

  /** Answers the next call that nothing else was queued for; then it is as before. */
  once<P, R>(effect: Effect<P, R>, handler: Handler<ValueOf<P>, Written<R>>): this;
  once(kind: string, handler: Handler): this;
  once(effect: EffectName, handler: Handler): this {
    this.#ruleOf(effect).once.push(handler);
    return this;
  }

  /** Fails every call of the effect from now on. */
  fail(effect: EffectName, code: string, options?: FailOptions): this {
    return this.on(kindOf(effect), (call) => call.fail(code, options));
  }

  /** Leaves every call of the effect open from now on: an outside that stalls. */
  hold(effect: EffectName): this {
    this.#ruleOf(effect).isHeld = true;
    return this;
  }

  /** Ends what is held of the effect: with this outcome, or as the script says, from now on. */
  release(effect: EffectName, outcome?: EffectOutcome): this {
    this.#ruleOf(effect).isHeld = false;
    for (const call of this.held(kindOf(effect))) {
      if (outcome !== undefined) call.answer(outcome);
      else this.#again(call);
    }
    return this;
  }

  /** All calls so far, of the effect or of any, in the order in which they were started. */
  calls<P, R>(effect: Effect<P, R>): readonly ScriptedCall<ValueOf<P>, Written<R>>[];
  calls(kind?: string): readonly ScriptedCall[];
  calls(effect?: EffectName): readonly ScriptedCall[] {
    if (effect === undefined) return [...this.#calls];
    return this.#calls.filter(({ kind }) => kind === kindOf(effect));
  }

  /** Those that wait for the test. */
  held<P, R>(effect: Effect<P, R>): readonly ScriptedCall<ValueOf<P>, Written<R>>[];
  held(kind?: string): readonly ScriptedCall[];
  held(effect?: EffectName): readonly ScriptedCall[] {
    const kind = effect === undefined ? undefined : kindOf(effect);
    return this.calls(kind).filter(({ state }) => state === 'held');
  }

  /** @internal An adapter that asks the script first, and otherwise does what it does. */
  around(adapter: Adapter): Adapter {
    const { id, kinds, implementations } = adapter;
    return {
      ...{ id, kinds, ...(implementations === undefined ? {} : { implementations }) },
      start: (call, context) =>
        this.#handlerOf(call.effect) === undefined
          ? adapter.start(call, context)
          : this.#start(call, context),
      close: () => adapter.close(),
    };
  }

  /** @internal An adapter that does as the script says and nothing else. */
  adapter(
    kinds: readonly string[],
    implementations: NonNullable<Adapter['implementations']>,
  ): Adapter {
    return {
      id: 'test.script',
      kinds,
      implementations,
      start: (call, context) => this.#start(call, context),
      close: async () => undefined,
    };
  }

  /** @internal Whether an effect waits for the test or for time, not for what runs by itself. */
  readonly isStill = ({ intent, state }: UnendedEffect): boolean => {
    if (state === 'waiting') return true;
    const hex = toHex(intent);
    return this.#calls.findLast((call) => call.intent === hex)?.state === 'held';
  };

  /** @internal Resolves when a call is started, held or ended. */
  nextChange(): Promise<void> {
    return this.#change.promise;
  }

  /** @internal Something of the outside went wrong, and the test is to be told. */
  report(problem: unknown): void {
    this.#problems.push(problem);
  }

  /** @internal Throws what went wrong in scripts since it was last asked. */
  throwProblem(): void {
    const [problem] = this.#problems.splice(0);
    if (problem !== undefined) throw problem;
  }

  async #start(raw: EffectCall, context: EffectContext): Promise<EffectOutcome> {
    const nth = this.#calls.filter(({ kind }) => kind === raw.effect).length + 1;
    const call = new ScriptedCall(raw, context, nth, this.definition.effectOf(raw.effect));
    this.#calls.push(call);
    const answer = await this.#ask(call);
    const outcome = answer === HOLD ? await this.#hold(call) : answer;
    call.end(outcome);
    this.#moved();
    return outcome;
  }

  #hold(call: ScriptedCall): Promise<EffectOutcome> {
    const outcome = call.hold();
    this.#moved();
    return outcome;
  }

  async #ask(call: ScriptedCall): Promise<ScriptAnswer> {
    const handler = this.#nextHandler(call.kind);
    if (handler === undefined) return this.#refuse(call);
    const answer: ScriptAnswer | undefined = await handler(call);
    return answer ?? this.#miss(call);
  }

  /** A held call goes through the script once more. */
  async #again(call: ScriptedCall): Promise<void> {
    call.isAtWork = true;
    const asked = this.#ask(call);
    const answer = await asked.catch(() => undefined);
    if (answer === HOLD) call.isAtWork = false;
    else call.resume(asked as Promise<EffectOutcome>);
    this.#moved();
  }

  /** Most often a `return` was forgotten. */
  #miss({ kind }: ScriptedCall): EffectOutcome {
    const message =
      `the handler of ${kind} answered with nothing; ` +
      'return what call.ok(…) or call.fail(…) makes, or HOLD';
    return this.#fault('test-answer-missing', message);
  }

  #refuse({ kind, params }: ScriptedCall): EffectOutcome {
    const message =
      `nothing answers ${kind}; say effects.on('${kind}', (call) => call.ok(…)), or hold it. ` +
      `It was asked with ${shown(params)}`;
    return this.#fault('test-effect-unscripted', message);
  }

  /** The test is told, and the world has an error. */
  #fault(code: string, message: string): EffectOutcome {
    this.report(new AosFault(code, message, { retry: 'never' }));
    return failedOutcome({ status: 'error', code, message });
  }

  #nextHandler(kind: string): Handler | undefined {
    const rule = this.#rules.get(kind);
    if (rule?.isHeld) return () => HOLD;
    return rule?.once.shift() ?? rule?.always;
  }

  #handlerOf(kind: string): Handler | undefined {
    const rule = this.#rules.get(kind);
    return rule?.isHeld ? () => HOLD : (rule?.once[0] ?? rule?.always);
  }

  #ruleOf(effect: EffectName): Rule {
    const kind = kindOf(effect);
    if (this.definition.effectOf(kind) === undefined) {
      const message = `the world defines no effect of the kind ${kind}`;
      throw new AosFault('test-effect-unknown', message, { retry: 'never' });
    }
    const rule = this.#rules.get(kind) ?? { once: [], isHeld: false };
    this.#rules.set(kind, rule);
    return rule;
  }

  #moved(): void {
    this.changes += 1;
    const { resolve } = this.#change;
    this.#change = makeSignal();
    resolve();
  }
}

function makeSignal() {
  let resolve = () => undefined as undefined;
  const promise = new Promise<void>((done) => {
    resolve = () => void done();
  });
  return { promise, resolve };
}

function kindOf(effect: EffectName): string {
  return typeof effect === 'string' ? effect : effect.kind;
}

function shown(params: unknown): string {
  const plain = (_: string, item: unknown) => {
    if (typeof item === 'bigint') return String(item);
    if (item instanceof Uint8Array) return `${toHex(item.subarray(0, 32))}`;
    return item instanceof Map ? Object.fromEntries(item) : item;
  };
  return JSON.stringify(params, plain);
}
