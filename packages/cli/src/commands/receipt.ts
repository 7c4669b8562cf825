/** `aos receipt send`: how an effect ended, signed with a key of the keyring. */
import type { JsonValue } from '@aos/air';
import { toHashText } from '@aos/canon';
import { signReceipt } from '@aos/host';
import type { OpenIntent, World } from '@aos/kernel';
import type { ReceiptStatus } from '@aos/protocol';
import { describeAck, faultWarnings } from '../acks.js';
import { signerOf } from '../compose/open-host.js';
import { findIntent } from '../intents.js';
import { normalize, readValue } from '../json-values.js';
import { type Answer, CliError } from '../output.js';
import { openingWarnings, withHost } from '../world/open-world.js';
import { acknowledged } from '../world/signed-verbs.js';

export interface ReceiptOptions {
  /** Name of the key that signs. */
  readonly as: string;
  readonly status: ReceiptStatus;
  /** JSON, `@file` or `@-`: of the effect's receipt when `ok`, else `{code, message}`. */
  readonly payload: string;
  readonly adapter: string;
  readonly cost?: number;
}

/** What an answer that is not `ok` is told in. */
const ERROR_SCHEMA = 'sys/EffectError@1';

export async function sendReceipt(
  path: string,
  intentText: string,
  options: ReceiptOptions,
): Promise<Answer> {
  const signer = signerOf(path, options.as);
  const payload = readValue(options.payload, 'the payload');
  return withHost(path, async (host) => {
    const { intent, unsigned, bytes } = await host.read((world) => {
      const intent = findIntent(world, intentText);
      const bytes = encodePayload(world, intent, { status: options.status, payload });
      return { intent, bytes, unsigned: unsignedReceipt(world, intent, options) };
    });
    const ack = await acknowledged(host, signReceipt(signer, unsigned, bytes));
    const { data, lines } = describeAck(ack);
    return {
      data: { ...data, intent: toHashText(intent.hash) },
      lines,
      warnings: [...openingWarnings(host.opening), ...faultWarnings(ack)],
      done: `the receipt is durable as record ${ack.seq}`,
    };
  });
}

function unsignedReceipt({ worldId }: World, intent: OpenIntent, options: ReceiptOptions) {
  const { status, adapter, cost } = options;
  const { hash: intentHash, epoch, attempt } = intent;
  const receipt = { worldId, epoch, intentHash, attempt, adapterId: adapter, status };
  return cost === undefined ? receipt : { ...receipt, costCents: BigInt(cost) };
}

function encodePayload(
  { program: { definition } }: World,
  { effect }: OpenIntent,
  { status, payload }: { readonly status: ReceiptStatus; readonly payload: JsonValue },
): Uint8Array {
  const schema =
    status === 'ok' ? definition.effectOf(effect)?.receipt : definition.schemas.get(ERROR_SCHEMA);
  if (schema !== undefined) return normalize(schema, payload, '/payload');
  throw new CliError('effect-unknown', `this world has no receipt of ${effect}`);
}
