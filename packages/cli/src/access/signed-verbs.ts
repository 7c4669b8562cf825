/** Verbs that the CLI signs with a key of `$AOS_HOME/keys`. */
import { type Hash, parseHashText } from '@aos/canon';
import { type Signer, signVerb } from '@aos/host';
import {
  type AckShape,
  type SendResult,
  type StatusShape,
  signedVerbArgs,
  type Verb,
} from '@aos/protocol';
import { CliError } from '../output.js';
import type { Asked } from './with-access.js';

/** Signs a verb for the world as it is now, and hands it in. */
export async function submitVerb(asked: Asked, signer: Signer, verb: Verb): Promise<AckShape> {
  const { world_id, live, trouble } = await asked.call('status', {});
  if (live === null) throw closed(trouble);
  const place = { worldId: hashOf(world_id), epoch: live.epoch };
  return ackOf(await asked.call('verb.send', signedVerbArgs(signVerb(signer, place, verb))));
}

/** When something ends that counts for so long from now on; nothing where it does not end. */
export async function expiryOf(
  asked: Asked,
  spanNs: bigint | undefined,
): Promise<{ readonly expiresNs?: bigint }> {
  if (spanNs === undefined) return {};
  const { live, trouble } = await asked.call('status', {});
  if (live === null) throw closed(trouble);
  return { expiresNs: BigInt(live.clock_ns) + spanNs };
}

function closed(trouble: StatusShape['trouble']): CliError {
  return new CliError(trouble?.code ?? 'world-closed', trouble?.message ?? 'the world is closed');
}

export function hashOf(text: string): Hash {
  const hash = parseHashText(text);
  if (hash.ok) return hash.value;
  throw CliError.of(hash.refusal);
}

/** What is waited for until it is durable has an acknowledgement. */
export function ackOf({ ack }: SendResult): AckShape {
  if (ack !== null) return ack;
  throw new CliError('control-result', 'the world took the input and did not acknowledge it');
}
