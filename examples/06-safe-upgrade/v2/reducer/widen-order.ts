// An order of version 1 has had no letter.
import { OrderState2, Run } from 'air';

export function compute(run: Run): void {
  const before = run.input;
  const after = new OrderState2();
  after.phase = before.phase;
  after.service = before.service;
  after.status = before.status;
  after.by = before.by;
  run.setOutput(after);
}
