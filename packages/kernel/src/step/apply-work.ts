/** A proposal whose turn to be applied has come. */
import { applyProposal } from '../governance/apply.js';
import type { ApplyWork } from '../world/work.js';
import { answerApply } from './governance-answers.js';
import type { Run } from './run.js';

export function runApply(run: Run, work: ApplyWork): void {
  run.spend();
  answerApply(run, work, applyProposal(run, work.proposal, work.by, work.cause));
}
