/** `aos journal head` and `aos journal tail`: the records themselves. */

import type { PlainRecord, RecordShape, TailArgs } from '@aos/protocol';
import { withAccess } from '../access/with-access.js';
import { dataOf } from '../json-values.js';
import { type Answer, CliError } from '../output.js';
import { printShape } from '../shown-nodes.js';

export interface TailOptions {
  /** First sequence to show; the last `count` records when absent. */
  readonly from?: number;
  readonly count: number;
  /** Kinds of inputs and entries. */
  readonly kind?: readonly string[];
}

export async function showHead(world: string): Promise<Answer> {
  return withAccess(world, 'files', async (asked) => {
    const { seq, chain } = await asked.call('journal.head', {});
    return { data: { seq, chain }, lines: [`${seq}  ${chain}`] };
  });
}

export async function showTail(world: string, options: TailOptions): Promise<Answer> {
  const { kind, ...more } = options;
  const args: TailArgs = kind === undefined ? more : { ...more, kinds: kind };
  return withAccess(world, 'files', async (asked) => {
    const records: RecordShape[] = [];
    for await (const record of asked.stream('journal.tail', args)) records.push(record);
    if (records.length === 0 && options.from !== undefined) {
      const { seq } = await asked.call('journal.head', {});
      if (options.from > seq) throw pastEnd(options.from, seq);
    }
    return { data: { records: dataOf(records) }, lines: records.flatMap(printRecord) };
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
