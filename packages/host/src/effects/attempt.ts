/**
 * One start of an adapter, to its end.
 *
 * 1. It ends: what was called off and does not answer in time is answered for.
 * 2. Whatever an adapter throws, in its call or in what it gave to the clock, is its defect, which
 *    is told; the call is then `adapter-failed`, and the promise of it never rejects.
 * 3. What shows a secret is not the outcome, nor told of as a defect.
 * 4. A call that its deadline ended is a `timeout`, whatever the adapter makes of being called off.
 */
import type { OpenIntent } from '@aos/kernel';
import {
  type Adapter,
  type EffectCall,
  type EffectClock,
  type EffectOutcome,
  failedOutcome,
} from '@aos/protocol';
import { describeOutcome } from './answer.js';
import { CallContext, type CallPorts } from './effect-context.js';
import type { EffectJob } from './effect-job.js';

export interface AttemptPorts extends CallPorts {
  readonly graceNs: bigint;
  readonly onDefect: (adapter: Adapter, cause: unknown) => void;
}

interface Asked {
  readonly adapter: Adapter;
  readonly intent: OpenIntent;
  readonly call: EffectCall;
}

/** Never rejects. What an adapter answers out of shape is left to `checkOutcome`. */
export async function runAttempt(
  { adapter, intent, call }: Asked,
  { cancel }: EffectJob,
  ports: AttemptPorts,
): Promise<EffectOutcome> {
  const { clock, graceNs } = ports;
  const stops: (() => void)[] = [];
  const tell = (cause: unknown) =>
    tellDefect(ports, adapter, () => context.secrets.withhold(cause));
  const context = new CallContext(intent, { ...ports, clock: guardClock(clock, tell) }, cancel);
  try {
    if (call.deadlineNs !== undefined) {
      stops.push(clock.at(call.deadlineNs, () => cancel.cancel('deadline')));
    }
    const stuck = new Promise<EffectOutcome>((resolve) => {
      const wait = () => {
        const answer = () => resolve(failedOutcome(stuckFailure(adapter)));
        stops.push(clock.at(clock.logicalNowNs() + graceNs, answer));
      };
      stops.push(cancel.onCancel(wait));
    });
    const answered = await Promise.race([start(adapter, call, context), stuck]);
    const outcome = plainOutcome(answered);
    const isOdd = describeOutcome(outcome) !== undefined;
    if (isOdd) return outcome;
    const isLate = cancel.reason === 'deadline' && outcome.status === 'cancelled';
    const checked = isLate ? lateOutcome(outcome) : context.secrets.checkOutcome(outcome);
    await context.end(checked.status);
    return checked;
  } catch (cause) {
    tell(cause);
    const message = `the adapter ${adapter.id} threw; that is a defect of it`;
    return failedOutcome({ status: 'error', code: 'adapter-failed', message });
  } finally {
    for (const stop of stops) stop();
    context.close();
  }
}

/** Read once, so that an adapter cannot answer one thing here and another thing there. */
function plainOutcome(answered: Partial<EffectOutcome> | undefined): EffectOutcome {
  const { status, payload, costCents, retry } = answered ?? {};
  const outcome = { status, payload, ...(costCents !== undefined && { costCents }) };
  return { ...outcome, ...(retry !== undefined && { retry }) } as EffectOutcome;
}

/** A `timeout` costs what the adapter says that it cost. */
function lateOutcome({ costCents }: EffectOutcome): EffectOutcome {
  const late = failedOutcome(DEADLINE);
  return costCents === undefined ? late : { ...late, costCents };
}

/** Whoever is told of a defect may have one too, and that ends nothing here. */
function tellDefect(ports: AttemptPorts, adapter: Adapter, shown: () => unknown): void {
  try {
    ports.onDefect(adapter, shown());
  } catch {
    // the outcome says that there was a defect
  }
}

/** What an adapter has called later runs on the host's own stack: it must not throw there. */
function guardClock(clock: EffectClock, tell: (cause: unknown) => void): EffectClock {
  return {
    wallNs: () => clock.wallNs(),
    logicalNowNs: () => clock.logicalNowNs(),
    at: (logicalNs, run) =>
      clock.at(logicalNs, () => {
        try {
          run();
        } catch (cause) {
          tell(cause);
        }
      }),
  };
}

/** An adapter may throw before it has a promise to answer with. */
async function start(
  adapter: Adapter,
  call: EffectCall,
  context: CallContext,
): Promise<EffectOutcome> {
  return adapter.start(call, context);
}

const DEADLINE = {
  status: 'timeout',
  code: 'effect-timeout',
  message: 'the deadline of the effect came before its answer',
} as const;

function stuckFailure({ id }: Adapter) {
  const message = `the adapter ${id} was called off and did not answer in the time for it`;
  return { status: 'cancelled', code: 'adapter-stuck', message } as const;
}
