/** Plans within a step: what the queue brings them. */
import type { Instance, PlanOrigin } from '@aos/protocol';
import { advanceInstance } from '../plans/advance.js';
import { deliverEvent, deliverReceipt, fireDeadline } from '../plans/deliver.js';
import { PLAN_START, startByHand } from '../plans/manual-start.js';
import { RunPort } from '../plans/run-port.js';
import { startTriggered } from '../plans/start.js';
import type { EventWork, PlanWork, ReceiptWork } from '../world/work.js';
import type { Run } from './run.js';

/** Shows an event to the instances that wait for it, and starts what it triggers. */
export function tellPlans(run: Run, event: EventWork): void {
  const { planState, program } = run.next;
  const { schema } = event;
  const starts = schema === PLAN_START || program.plans.triggersOf(schema).length > 0;
  if (!starts && planState.waits.size === 0) return;
  const port = new RunPort(run);
  deliverEvent(port, event, event.cause);
  startTriggered(port, event, event.cause);
  startByHand(port, event, event.cause);
}

/** False when the budget ended before the instance ends or waits. */
export function advancePlan(run: Run, { instance, cause }: PlanWork): boolean {
  return advanceInstance(new RunPort(run), instance, cause) === 'over';
}

/** False when the instance does not wait for the receipt any more. */
export function tellPlanOfReceipt(run: Run, work: ReceiptWork, waiter: PlanOrigin): boolean {
  const { settlement, cause } = work;
  run.spend();
  return deliverReceipt(new RunPort(run), { origin: waiter, settlement }, cause) === 'taken';
}

/** The next attempt of an effect is due. */
export function firePlanDeadline(
  run: Run,
  due: { readonly instance: Instance; readonly step: string },
): void {
  fireDeadline(new RunPort(run), due, run.inputPlace);
}
