/** `aos call`: any verb of the control protocol, for scripts and for what has no command. */

import { printJson } from '@aos/air';
import { fromBase64 } from '@aos/canon';
import { isControlStream, isControlVerb, isPlainRecord, type PlainValue } from '@aos/protocol';
import { untilStopped } from '../../access/until-stopped.js';
import { type Asked, withAccess } from '../../access/with-access.js';
import { dataOf, readPlain } from '../../json-values.js';
import { type Answer, CliError } from '../../output.js';
import type { Tools } from '../../program/run-command.js';
import { cutValues } from '../../shown-text.js';

export interface Call {
  readonly verb: string;
  /** JSON, `@file`, or `@-`; bytes are `{"$bytes": base64}`. */
  readonly args: string;
}

export async function callVerb(path: string, { verb, args }: Call, tools: Tools): Promise<Answer> {
  if (!isControlVerb(verb) && !isControlStream(verb)) {
    throw new CliError('control-verb', `no verb '${cutValues(verb)}'; see the control protocol`);
  }
  const given = withBytes(readPlain(args, 'the arguments'));
  return withAccess(path, 'write', async (asked) => {
    if (isControlStream(verb)) return tellItems(asked, { verb, args: given }, tools);
    // the service checks what the arguments are
    const data = dataOf((await asked.call(verb, given as never)) as PlainValue);
    return { data, lines: [printJson(data, { indent: 2 })] };
  });
}

async function tellItems(
  asked: Asked,
  { verb, args }: { readonly verb: 'audit' | 'journal.tail'; readonly args: PlainValue },
  tools: Tools,
): Promise<Answer> {
  for await (const item of untilStopped(asked.stream(verb, args as never), tools.stopSignal())) {
    const data = dataOf(item as PlainValue);
    tools.tell({ data, lines: [printJson(data)] });
  }
  return { data: null, lines: [], isTold: true };
}

function withBytes(value: PlainValue): PlainValue {
  if (Array.isArray(value)) return value.map(withBytes);
  if (!isPlainRecord(value)) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only?.[0] === '$bytes' && entries.length === 1) return readBytes(only[1]);
  return Object.fromEntries(entries.map(([name, item]) => [name, withBytes(item)]));
}

function readBytes(text: PlainValue): Uint8Array {
  const bytes = fromBase64(typeof text === 'string' ? text : ' ');
  if (bytes.ok) return bytes.value;
  throw CliError.of(bytes.refusal);
}
