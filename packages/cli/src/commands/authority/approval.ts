/** `aos approve` and `aos reject`: what people say to an intent that waits for them. */
import type { ApprovalDecision } from '@aos/protocol';
import { findIntent } from '../../access/find-intent.js';
import { expiryOf, hashOf, submitVerb } from '../../access/signed-verbs.js';
import { withAccess } from '../../access/with-access.js';
import { describeAck } from '../../acks.js';
import { signerOf } from '../../compose/keys.js';
import type { Answer } from '../../output.js';

export interface ApprovalOptions {
  /** Name of the key that signs. */
  readonly as: string;
  /** How long it counts from now on, in nanoseconds of logical time. */
  readonly expires?: bigint;
}

export interface Ruling {
  /** Hash of the intent, or the beginning of it. */
  readonly intent: string;
  readonly decision: ApprovalDecision;
}

export async function ruleOnIntent(
  path: string,
  { intent: given, decision }: Ruling,
  { as, expires }: ApprovalOptions,
): Promise<Answer> {
  const signer = signerOf(path, as);
  return withAccess(path, 'write', async (asked) => {
    const { intent } = await findIntent(asked, given);
    const until = await expiryOf(asked, expires);
    const about = { intentHash: hashOf(intent), decision, ...until };
    const says = { verb: 'approve-intent', ...about } as const;
    const ack = await submitVerb(asked, signer, says);
    const { intents } = await asked.call('intents.list', { prefix: intent });
    const state = intents[0]?.state ?? null;
    const { data, lines } = describeAck(ack);
    return {
      data: { ...data, intent, decision, state },
      lines: [`${intent} is ${state ?? 'no longer open'}`, ...lines],
      done: `the decision is durable as record ${ack.seq}`,
    };
  });
}
