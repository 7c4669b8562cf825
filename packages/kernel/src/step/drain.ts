/** Runs what waits in the queue, oldest first, as far as the budget of a record goes. */
import { assert } from '@aos/canon';
import { inboxOf, routesOf } from '../program/program.js';
import { cellKeyOf, type EventRoute } from '../program/routes.js';
import { callReducer, type ReducerCall } from '../reducers/call.js';
import type { EventWork, Work } from '../world/work.js';
import { runApply, runRevoke } from './apply-work.js';
import { deliverReceipt } from './deliver-receipt.js';
import { advancePlan, tellPlans } from './plan-run.js';
import type { Run } from './run.js';

export function drain(run: Run): void {
  for (let work = run.queue.first; work !== undefined; work = run.queue.first) {
    if (run.isSpent) return;
    // what was taken in or made under a definition is done under it
    if (work.kind === 'apply' && run.queue.hasWorkBehind) {
      run.queue.defer();
      continue;
    }
    if (!runWork(run, work)) return;
    run.queue.shift();
  }
}

/** False when the budget ended within the work, which stays first in the queue. */
function runWork(run: Run, work: Work): boolean {
  switch (work.kind) {
    case 'event':
      return runEvent(run, work);
    case 'receipt':
      deliverReceipt(run, work);
      return true;
    case 'plan':
      return advancePlan(run, work);
    case 'apply':
      runApply(run, work);
      return true;
    case 'revoke':
      return runRevoke(run, work);
  }
}

/** Plans first, then the routes in manifest order; an inbox event to its reducer alone. */
function runEvent(run: Run, event: EventWork): boolean {
  if (event.source !== undefined) {
    callInbox(run, event, event.source);
    return true;
  }
  if (event.done === 0) tellPlans(run, event);
  const routes = routesOf(run.next.program, event.schema);
  for (let i = Math.max(event.done - 1, 0); i < routes.length; i++) {
    if (run.isSpent) {
      run.queue.advance({ ...event, done: i + 1 });
      return false;
    }
    callReducer(run, callOf(routes[i] as EventRoute, event));
  }
  return true;
}

function callOf(route: EventRoute, { value, cause }: EventWork): ReducerCall {
  return { reducer: route.reducer, wrap: route.wrap, key: cellKeyOf(route, value), value, cause };
}

function callInbox(run: Run, { schema, value, key, cause }: EventWork, source: string): void {
  const { reducer, member } = inboxOf(run.next.program, source, schema) ?? {};
  assert(reducer !== undefined && member !== undefined, 'admission knows every inbox');
  const isKeyed = reducer.definition.keySchema !== undefined;
  const cellKey = isKeyed && key !== undefined ? key : null;
  callReducer(run, { reducer, wrap: member.wrap, key: cellKey, value, cause });
}
