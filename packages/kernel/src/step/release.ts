/**
 * Lets intents go: to the outside, or to the kernel, which answers what is about its own world.
 *
 * What proposes and what shadows goes outside: both read objects that the journal does not promise.
 */
import type { EntryPlace } from '@aos/protocol';
import type { OpenIntent } from '../gate/open-intent.js';
import { answerIntent } from './answer.js';
import { answerApprove, queueApply } from './governance-answers.js';
import { answerQuestion, isQuestion } from './introspect.js';
import type { Run } from './run.js';

const APPROVE = 'governance.approve';
const APPLY = 'governance.apply';

/** Whether the kernel itself answers effects of this kind, so that nobody else has to. */
export function isAnsweredByKernel(effect: string): boolean {
  return isQuestion(effect) || effect === APPROVE || effect === APPLY;
}

export function releaseIntent(
  run: Run,
  intent: OpenIntent,
  cause: EntryPlace = intent.openedAt,
): void {
  if (intent.effect === APPLY) {
    queueApply(run, intent, cause);
    return;
  }
  const isApprove = intent.effect === APPROVE;
  const answer = isApprove ? answerApprove(run, intent, cause) : answerQuestion(run, intent);
  if (answer === undefined) run.release(intent.hash);
  else answerIntent(run, intent, answer, cause);
}
