/** `aos receipt send`: how an effect ended, signed with a key of the keyring. */
import { signReceipt } from '@aos/host';
import { type ReceiptStatus, receiptArgs } from '@aos/protocol';
import { findIntent } from '../../access/find-intent.js';
import { ackOf, hashOf } from '../../access/signed-verbs.js';
import { withAccess } from '../../access/with-access.js';
import { describeAck, faultWarnings } from '../../acks.js';
import { signerOf } from '../../compose/keys.js';
import { readJsonText } from '../../json-values.js';
import type { Answer } from '../../output.js';

export interface ReceiptOptions {
  /** Name of the key that signs. */
  readonly as: string;
  readonly status: ReceiptStatus;
  /** JSON, `@file` or `@-`: of the effect's receipt when `ok`, else `{code, message}`. */
  readonly payload: string;
  readonly adapter: string;
  readonly cost?: number;
}

export async function sendReceipt(
  path: string,
  given: string,
  { as, status, payload, adapter, cost }: ReceiptOptions,
): Promise<Answer> {
  const signer = signerOf(path, as);
  const json = readJsonText(payload, 'the payload');
  return withAccess(path, 'write', async (asked) => {
    const { intent } = await findIntent(asked, given);
    const draft = await asked.call('receipt.draft', { intent, status, json });
    const { epoch, attempt, world_id } = draft;
    const unsigned = {
      ...{ worldId: hashOf(world_id), epoch, intentHash: hashOf(intent), attempt },
      ...{ adapterId: adapter, status },
      ...(cost === undefined ? {} : { costCents: BigInt(cost) }),
    };
    const signed = signReceipt(signer, unsigned, draft.payload);
    const ack = ackOf(await asked.call('receipt.send', receiptArgs(signed)));
    const { data, lines } = describeAck(ack);
    return {
      data: { ...data, intent },
      lines,
      warnings: faultWarnings(ack),
      done: `the receipt is durable as record ${ack.seq}`,
    };
  });
}
