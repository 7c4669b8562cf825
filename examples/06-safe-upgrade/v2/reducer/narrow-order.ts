// What version 1 does not know of an order is forgotten.
import { OrderState1, Run } from 'air';

export function compute(run: Run): void {
  const before = run.input;
  const after = new OrderState1();
  after.phase = before.phase;
  after.service = before.service;
  after.status = before.status;
  after.by = before.by;
  run.setOutput(after);
}
