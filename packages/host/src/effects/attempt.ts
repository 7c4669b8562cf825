/**
 * One start of an adapter, to its end.
 *
 * 1. It ends: what was called off and does not answer in time is answered for.
 * 2. Whatever an adapter throws is its defect, the outcome `adapter-failed`.
 * 3. What shows a secret is not the outcome, nor told of as a defect.
 * 4. A call that its deadline ended is a `timeout`, whatever the adapter makes of being called off.
 */
import type { OpenIntent } from '@aos/kernel';
import { type Adapter, type EffectCall, type EffectOutcome, failedOutcome } from '@aos/protocol';
import { CallContext, type CallPorts } from './effect-context.js';
import type { EffectJob } from './effect-job.js';

export interface AttemptPorts extends CallPorts {
  readonly graceNs: bigint;
  readonly onDefect: (adapter: Adapter, cause: unknown) => void;
}

export async function runAttempt(
  { adapter, intent, call }: { adapter: Adapter; intent: OpenIntent; call: EffectCall },
  { cancel }: EffectJob,
  ports: AttemptPorts,
): Promise<EffectOutcome> {
  const { clock, graceNs } = ports;
  const { deadlineNs } = call;
  const stops: (() => void)[] = [];
  if (deadlineNs !== undefined) {
    stops.push(clock.at(deadlineNs, () => cancel.cancel('deadline')));
  }
  const stuck = new Promise<EffectOutcome>((resolve) => {
    const wait = () => {
      const answer = () => resolve(failedOutcome(stuckFailure(adapter)));
      stops.push(clock.at(clock.logicalNowNs() + graceNs, answer));
    };
    stops.push(cancel.onCancel(wait));
  });
  const context = new CallContext(intent, ports, cancel);
  const ended = start(adapter, call, context).catch((cause) => {
    ports.onDefect(adapter, context.secrets.withhold(cause));
    const message = `the adapter ${adapter.id} threw; that is a defect of it`;
    return failedOutcome({ status: 'error', code: 'adapter-failed', message });
  });
  const outcome = await Promise.race([ended, stuck]);
  for (const stop of stops) stop();
  await context.end(outcome);
  const isLate = cancel.reason === 'deadline' && outcome.status === 'cancelled';
  return isLate ? failedOutcome(DEADLINE) : context.secrets.checkOutcome(outcome);
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
