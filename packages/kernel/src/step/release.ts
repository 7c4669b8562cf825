/**
 * Lets intents go: to the outside, or to the kernel, which answers what is about its own world.
 *
 * What proposes and what shadows goes outside: both read objects that the journal does not promise.
 */
import type { EntryPlace } from '@aos/protocol';
import type { OpenIntent } from '../gate/open-intent.js';
import { type Answer, answerIntent } from './answer.js';
import { answerApprove, answerWithdraw, queueApply } from './governance-answers.js';
import { answerQuestion, isQuestion } from './introspect.js';
import type { Run } from './run.js';

const APPROVE = 'governance.approve';
const APPLY = 'governance.apply';
const WITHDRAW = 'governance.withdraw';

/** Whether the kernel itself answers effects of this kind, so that nobody else has to. */
export function isAnsweredByKernel(effect: string): boolean {
  return isQuestion(effect) || [APPROVE, APPLY, WITHDRAW].includes(effect);
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
  const answer = answerOf(run, intent, cause);
  if (answer === undefined) run.release(intent.hash);
  else answerIntent(run, intent, answer, cause);
}

/** Undefined where the answer comes from outside. */
function answerOf(run: Run, intent: OpenIntent, cause: EntryPlace): Answer | undefined {
  switch (intent.effect) {
    case APPROVE:
      return answerApprove(run, intent, cause);
    case WITHDRAW:
      return answerWithdraw(run, intent, cause);
    default:
      return answerQuestion(run, intent);
  }
}
