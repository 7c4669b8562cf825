/** Plans within a step. */
import type { PlanOrigin } from '@aos/protocol';
import type { EventWork, PlanWork, ReceiptWork } from '../world/work.js';
import type { Run } from './run.js';

export function tellPlans(_run: Run, _event: EventWork): void {}

export function advancePlan(_run: Run, _work: PlanWork): boolean {
  return true;
}

export function tellPlanOfReceipt(_run: Run, _work: ReceiptWork, _waiter: PlanOrigin): boolean {
  return false;
}
