/** A proposal whose turn to be applied has come, and what that ends. */
import { applyProposal, endRevoked } from '../governance/apply.js';
import type { ApplyWork, RevokeWork } from '../world/work.js';
import { answerApply } from './governance-answers.js';
import type { Run } from './run.js';

export function runApply(run: Run, work: ApplyWork): void {
  run.spend();
  answerApply(run, work, applyProposal(run, work.proposal, work.by, work.cause));
}

/** False when the budget ended before all intents were looked through. */
export function runRevoke(run: Run, { from, ...work }: RevokeWork): boolean {
  let next = from;
  do {
    if (run.isSpent) {
      run.queue.advance({ ...work, from: next });
      return false;
    }
    run.spend();
    next = endRevoked(run, next, work.cause);
  } while (next !== null);
  return true;
}
