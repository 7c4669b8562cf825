/** `aos event send`: one event into a world, acknowledged when it is durable. */
import type { RawEvent } from '@aos/kernel';
import { describeAck, faultWarnings } from '../acks.js';
import { readValue } from '../json-values.js';
import { type Answer, CliError } from '../output.js';
import { openingWarnings, withHost } from '../world/open-world.js';

export interface SendOptions {
  /** The cell that is meant, as JSON. */
  readonly key?: string;
  /** The inbox it comes through. */
  readonly source?: string;
  readonly dedup?: string;
}

export interface SentEvent extends SendOptions {
  readonly schema: string;
  /** JSON, `@file`, or `@-` for standard input. */
  readonly value: string;
}

export async function sendEvent(world: string, event: SentEvent): Promise<Answer> {
  const { schema, value, key, source, dedup } = event;
  const raw: RawEvent = {
    schema,
    json: readValue(value, "the event's value"),
    ...(key === undefined ? {} : { key: { json: readValue(key, 'the key') } }),
    ...(source === undefined ? {} : { source }),
    ...(dedup === undefined ? {} : { dedup }),
  };
  return withHost(world, async (host) => {
    const answer = await host.submit(raw);
    if (!answer.ok) throw CliError.of(answer.refusal);
    const ack = answer.value;
    const warnings = [...openingWarnings(host.opening), ...faultWarnings(ack)];
    if (ack.entries === 0) warnings.push('the event is journaled, and no reducer changed for it');
    return {
      ...describeAck(ack),
      warnings,
      done: `the event is durable as record ${ack.seq}`,
    };
  });
}
