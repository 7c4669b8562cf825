/** `aos approve` and `aos reject`: what people say to an intent that waits for them. */
import { toHashText } from '@aos/canon';
import type { ApprovalDecision } from '@aos/protocol';
import { describeAck } from '../acks.js';
import { findIntent } from '../intents.js';
import type { Answer } from '../output.js';
import { submitVerb } from '../world/signed-verbs.js';

export interface ApprovalOptions {
  /** Name of the key that signs. */
  readonly as: string;
}

export interface Ruling {
  /** Hash of the intent, or the beginning of it. */
  readonly intent: string;
  readonly decision: ApprovalDecision;
}

export async function ruleOnIntent(
  path: string,
  { intent: given, decision }: Ruling,
  { as }: ApprovalOptions,
): Promise<Answer> {
  let intent = '';
  const { ack, world } = await submitVerb(path, as, (before) => {
    const { hash: intentHash } = findIntent(before, given);
    intent = toHashText(intentHash);
    return { verb: 'approve-intent', intentHash, decision };
  });
  const { data, lines } = describeAck(ack);
  const state = [...world.intents.range()].find(({ hash }) => toHashText(hash) === intent)?.state;
  const now = state === undefined ? 'no longer open' : state;
  return {
    data: { ...data, intent, decision, state: state ?? null },
    lines: [`${intent} is ${now}`, ...lines],
    done: `the decision is durable as record ${ack.seq}`,
  };
}
