/** Tells one waiter how its intent ended: straight to its cell or instance, past all routes. */
import { bytesEqual } from '@aos/canon';
import { isReducerOrigin, type ReducerOrigin } from '@aos/protocol';
import type { ReducerProgram } from '../program/reducer-program.js';
import { callReducer } from '../reducers/call.js';
import { receiptEventOf } from '../reducers/receipt-event.js';
import type { ReceiptWork } from '../world/work.js';
import { tellPlanOfReceipt } from './plan-run.js';
import type { Run } from './run.js';

export function deliverReceipt(run: Run, work: ReceiptWork): void {
  const { waiter } = work;
  if (isReducerOrigin(waiter)) callWaiter(run, work, waiter);
  else if (!tellPlanOfReceipt(run, work, waiter)) drop(run, work, 'receipt-late');
}

function callWaiter(run: Run, work: ReceiptWork, { reducer: name, key }: ReducerOrigin): void {
  const reducer = run.next.program.reducersByName.get(name);
  const event = reducer && receiptEventOf(reducer, work.settlement);
  const isTaken = reducer !== undefined && takesKey(reducer, key);
  if (!isTaken || event === undefined) drop(run, work, 'receipt-undeliverable');
  else callReducer(run, { reducer, key, ...event, cause: work.cause });
}

/** Whether a key is one of the reducer as it is now: its keys may have been others, or none. */
function takesKey({ definition }: ReducerProgram, key: Uint8Array | null): boolean {
  const { keySchema } = definition;
  if (key === null || keySchema === undefined) return (key === null) === (keySchema === undefined);
  const normal = keySchema.normalizeCbor(key);
  return normal.ok && bytesEqual(normal.value, key);
}

function drop(run: Run, { settlement, cause }: ReceiptWork, code: string): void {
  const intent = settlement.intent;
  run.append({ kind: 'dropped', cause: run.causeOf(cause), code, intent });
}
