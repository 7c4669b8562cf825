/**
 * The adapter of `timer.set`: answers when logical time has come to `deliver_at_ns`.
 *
 * 1. It remembers nothing over a restart: what was not answered is an open intent of the world, and
 *    the host starts it again. A time that has passed by then is answered at once.
 * 2. Answers of one world come in the order of time and intent hash, whatever the order of starts;
 *    those that are past as they are started, in that order only within one turn of the event loop.
 * 3. A timer costs the logarithm of how many there are, in time, and a few objects of memory.
 */
import {
  type Adapter,
  type EffectCall,
  type EffectContext,
  type EffectFailure,
  type EffectOutcome,
  failedOutcome,
  okOutcome,
} from '@aos/protocol';
import { type LineTimer, TimerLine } from './timer-line.js';
import { parseTimerParams, type TimerParams } from './timer-params.js';

const CANCELLED: EffectFailure = {
  status: 'cancelled',
  code: 'timer-cancelled',
  message: 'nobody waits for the timer any more, or its host is closing',
};
const DEADLINE: EffectFailure = {
  status: 'timeout',
  code: 'timer-deadline',
  message: 'the deadline of the effect came first; set it behind deliver_at_ns',
};
const PARAMS_INVALID: EffectFailure = {
  status: 'error',
  code: 'timer-params-invalid',
  message: 'expected sys/TimerSetParams@1: deliver_at_ns and key',
};

/** Timers of any number of worlds, each on its own clock. */
export class TimerAdapter implements Adapter {
  readonly id = 'timer';
  readonly kinds = ['timer.set'];
  readonly #lines = new Map<EffectContext['clock'], TimerLine>();
  #isClosed = false;

  /** Timers that have not been answered. */
  get size(): number {
    let size = 0;
    for (const line of this.#lines.values()) size += line.size;
    return size;
  }

  dueNs(params: Uint8Array): bigint | undefined {
    return parseTimerParams(params)?.deliverAtNs;
  }

  start(call: EffectCall, context: EffectContext): Promise<EffectOutcome> {
    const params = parseTimerParams(call.params);
    if (params === undefined) return Promise.resolve(failedOutcome(PARAMS_INVALID));
    if (this.#isClosed || context.cancel.isCancelled) {
      return Promise.resolve(failedOutcome(CANCELLED));
    }
    return new Promise((resolve) => this.#set(call, context, { params, resolve }));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const line of [...this.#lines.values()]) line.close();
  }

  #set({ intentHash, deadlineNs }: EffectCall, { cancel, clock }: EffectContext, wish: Wish): void {
    const { params, resolve } = wish;
    const isInTime = deadlineNs === undefined || params.deliverAtNs < deadlineNs;
    const line = this.#lineOf(clock);
    const answer = (outcome: EffectOutcome) => {
      callOff();
      resolve(outcome);
    };
    const timer: LineTimer = {
      atNs: isInTime ? params.deliverAtNs : deadlineNs,
      intentHash,
      fire: (nowNs) => answer(outcomeAt(params, deadlineNs, nowNs)),
      drop: () => answer(failedOutcome(CANCELLED)),
    };
    const place = line.add(timer);
    const callOff = cancel.onCancel(() => {
      line.delete(place);
      resolve(failedOutcome(CANCELLED));
    });
  }

  #lineOf(clock: EffectContext['clock']): TimerLine {
    const known = this.#lines.get(clock);
    if (known !== undefined) return known;
    const line: TimerLine = new TimerLine(clock, () => {
      if (this.#lines.get(clock) === line) this.#lines.delete(clock);
    });
    this.#lines.set(clock, line);
    return line;
  }
}

interface Wish {
  readonly params: TimerParams;
  readonly resolve: (outcome: EffectOutcome) => void;
}

/** Who was away so long that the deadline has come as well has missed it. */
function outcomeAt(
  { key }: TimerParams,
  deadlineNs: bigint | undefined,
  nowNs: bigint,
): EffectOutcome {
  if (deadlineNs !== undefined && deadlineNs <= nowNs) return failedOutcome(DEADLINE);
  return okOutcome({ delivered_at_ns: nowNs, key });
}
