/** `aos event send`: one event into a world, acknowledged when it is durable. */
import { type JsonValue, parseJson } from '@aos/air';
import { toHashText } from '@aos/canon';
import { withHost } from '../open-world.js';
import { type Answer, CliError } from '../output.js';
import { cutValues } from '../shown-text.js';
import { readTextFile, STDIN } from '../text-files.js';

/** Sends `value`: JSON, `@file`, or `@-` for standard input. */
export async function sendEvent(world: string, schema: string, value: string): Promise<Answer> {
  const json = readValue(value);
  const answer = await withHost(world, async (host) => {
    const submitted = await host.submit({ schema, json });
    await host.close();
    return submitted;
  });
  if (!answer.ok) throw CliError.of(answer.refusal);
  const { seq, chain, entries, faults } = answer.value;
  const chainText = toHashText(chain);
  const counted = entries === 1 ? '1 entry' : `${entries} entries`;
  const lines = [`record ${seq}  ${chainText}  ${counted}`];
  const warnings = faults.map(
    ({ reducer, code }) => `${reducer} faulted with ${code}; its state is as before the event`,
  );
  if (entries === 0) warnings.push('the event is journaled, and no reducer changed for it');
  return {
    data: { seq, chain: chainText, entries, faults: faults as never },
    lines,
    warnings,
    done: `the event is durable as record ${seq}`,
  };
}

function readValue(value: string): JsonValue {
  const text = value.startsWith('@') ? readText(value.slice(1)) : value;
  const parsed = parseJson(text);
  if (parsed.ok) return parsed.value;
  const { code, at, detail } = parsed.refusal;
  throw new CliError(code, `the event's value is not JSON: ${cutValues(detail)}`, at);
}

function readText(source: string): string {
  try {
    return readTextFile(source === '-' ? STDIN : source);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const name = source === '-' ? 'standard input' : `'${source}'`;
    throw new CliError('file-unreadable', `cannot read ${name}: ${(error as Error).message}`);
  }
}
