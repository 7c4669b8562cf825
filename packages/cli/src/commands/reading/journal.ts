/** `aos journal head` and `aos journal tail`: the records themselves. */

import type { PlainRecord, RecordShape, TailArgs } from '@aos/protocol';
import { untilStopped } from '../../access/until-stopped.js';
import { withAccess } from '../../access/with-access.js';
import { dataOf } from '../../json-values.js';
import { type Answer, CliError } from '../../output.js';
import type { Tools } from '../../program/run-command.js';
import { printShape } from '../../shown-nodes.js';

const DEFAULT_TAIL_RECORDS = 20;

export interface TailOptions {
  /** First sequence to show; the last `count` records when absent. */
  readonly from?: number;
  /** Most records; 20 unless told otherwise or followed. */
  readonly count?: number;
  /** Goes on with what becomes durable later. */
  readonly follow?: true;
  /** Kinds of inputs and entries. */
  readonly kind?: readonly string[];
}

export async function showHead(world: string): Promise<Answer> {
  return withAccess(world, 'files', async (asked) => {
    const { seq, chain } = await asked.call('journal.head', {});
    return { data: { seq, chain }, lines: [`${seq}  ${chain}`] };
  });
}

export async function showTail(world: string, options: TailOptions, tools: Tools): Promise<Answer> {
  const { kind, follow = false, count, from } = options;
  const args: TailArgs = {
    ...(from === undefined ? {} : { from }),
    ...(count === undefined ? {} : { count }),
    ...(kind === undefined ? {} : { kinds: kind }),
  };
  if (follow) return followTail(world, args, tools);
  return withAccess(world, 'files', async (asked) => {
    const records: RecordShape[] = [];
    const wanted = { ...args, count: count ?? DEFAULT_TAIL_RECORDS };
    for await (const record of asked.stream('journal.tail', wanted)) records.push(record);
    if (records.length === 0 && from !== undefined) {
      const { seq } = await asked.call('journal.head', {});
      if (from > seq) throw pastEnd(from, seq);
    }
    return { data: { records: dataOf(records) }, lines: records.flatMap(printRecord) };
  });
}

/** Tells records as they become durable, until it is ended. Only a daemon makes more of them. */
async function followTail(world: string, args: TailArgs, tools: Tools): Promise<Answer> {
  return withAccess(world, 'files', async (asked) => {
    const records = asked.stream('journal.tail', { ...args, follow: true });
    for await (const record of untilStopped(records, tools.stopSignal())) {
      tools.tell({ data: dataOf(record), lines: printRecord(record) });
    }
    return { data: null, lines: [], isTold: true };
  });
}

function pastEnd(from: number, head: number): CliError {
  const message = `there is no record ${from} yet: the journal ends with ${head}; leave --from out`;
  return new CliError('record-unknown', message);
}

/** A line for the input and one for each entry. */
export function printRecord({ seq, stamp, input, entries }: RecordShape): string[] {
  const time = new Date(Number(BigInt(stamp.now_ns) / 1_000_000n)).toISOString();
  return [
    `${seq}  ${time}  ${printShape({ is: 'input', ...splitKind(input) })}`,
    ...entries.map((entry) => `    ${printShape({ is: 'entry', ...splitKind(entry) })}`),
  ];
}

function splitKind(shape: PlainRecord & { readonly kind: string }) {
  const { kind, cause: _, i: __, ...fields } = shape;
  return { kind, fields };
}
