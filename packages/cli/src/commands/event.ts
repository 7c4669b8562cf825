/** `aos event send`: one event into a world. */
import type { SendResult, WaitLevel } from '@aos/protocol';
import { withAccess } from '../access/with-access.js';
import { describeAck, faultWarnings } from '../acks.js';
import { dataOf, readJsonText, readPlainMaybe } from '../json-values.js';
import type { Answer } from '../output.js';
import { printEnds, printRest, restData } from '../shown-rest.js';

export interface SendOptions {
  /** The cell that is meant, as JSON. */
  readonly key?: string;
  /** The inbox it comes through. */
  readonly source?: string;
  readonly dedup?: string;
  /** How far it has to be before it is answered for. */
  readonly wait?: WaitLevel;
  /** How long rest is waited for, in milliseconds. */
  readonly timeout?: number;
}

export interface SentEvent extends SendOptions {
  readonly schema: string;
  /** JSON, `@file`, or `@-` for standard input. */
  readonly value: string;
}

export async function sendEvent(world: string, event: SentEvent): Promise<Answer> {
  const { schema, value, key, timeout, ...more } = event;
  const json = readJsonText(value, "the event's value");
  const plainKey = readPlainMaybe(key, 'the key');
  const args = {
    ...{ schema, json, ...more },
    ...(plainKey === undefined ? {} : { key: plainKey }),
    ...(timeout === undefined ? {} : { timeout_ms: timeout }),
  };
  return withAccess(world, 'write', async (asked) => {
    return describeSent(await asked.call('event.send', args));
  });
}

/** What became of an input, as far as it was waited for. */
export function describeSent({ wait, ack, rest, ends }: SendResult): Answer {
  if (ack === null) return { data: { wait }, lines: ['accepted; not durable yet'] };
  const { data, lines } = describeAck(ack);
  const warnings = faultWarnings(ack);
  if (ack.entries === 0) warnings.push('the event is journaled, and no reducer changed for it');
  return {
    data: {
      ...data,
      ...(rest === null ? {} : { rest: restData(rest) }),
      ...(ends === undefined ? {} : { ends: dataOf(ends) }),
    },
    lines: [
      ...lines,
      ...(rest === null ? [] : printRest(rest)),
      ...(ends === undefined ? [] : printEnds(ends)),
    ],
    warnings,
    done: `the event is durable as record ${ack.seq}`,
  };
}
