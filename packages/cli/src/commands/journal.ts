/** `aos journal head` and `aos journal tail`: the records themselves. */
import { type JsonValue, openDefinition, type WorldDefinition } from '@aos/air';
import { toHashText, toHex } from '@aos/canon';
import { type DescribePorts, describeEntry, describeInput, printNode } from '@aos/kernel';
import {
  type Cause,
  chainOf,
  decodeGenesis,
  decodeRecord,
  type JournalRecord,
  type WorldStore,
  worldIdOf,
} from '@aos/protocol';
import { type Answer, CliError } from '../output.js';
import { withStore } from '../world/open-world.js';

export interface TailOptions {
  /** First sequence to show; the last `count` records when absent. */
  readonly from?: number;
  readonly count: number;
}

export async function showHead(world: string): Promise<Answer> {
  return withStore(world, (store) => {
    const seq = store.head;
    const [last] = seq < 0 ? [] : [...store.records(seq)];
    const chain = toHashText(last === undefined ? worldIdOf(store.genesis) : chainOf(last));
    return { data: { seq, chain }, lines: [`${seq}  ${chain}`] };
  });
}

export async function showTail(world: string, options: TailOptions): Promise<Answer> {
  return withStore(world, (store) => {
    const from = options.from ?? Math.max(0, store.head + 1 - options.count);
    const ports = { definition: readDefinition(store), object: store.object.bind(store) };
    const records: JsonValue[] = [];
    const lines: string[] = [];
    for (const bytes of store.records(from)) {
      if (records.length === options.count) break;
      const record = decodeRecord(bytes);
      if (!record.ok) throw CliError.of(record.refusal);
      records.push(describeRecord(record.value, bytes, ports));
      lines.push(...printRecord(record.value, ports));
    }
    return { data: { records }, lines };
  });
}

function readDefinition(store: WorldStore): WorldDefinition {
  const genesis = decodeGenesis(store.genesis);
  if (!genesis.ok) throw CliError.of(genesis.refusal);
  const definition = openDefinition(genesis.value.manifest, (hash) => store.object(hash));
  if (!definition.ok) throw CliError.of(definition.refusal);
  return definition.value;
}

function describeRecord(record: JournalRecord, bytes: Uint8Array, ports: DescribePorts): JsonValue {
  const { seq, prev, stamp, input, fuel, entries, wakeAtNs } = record;
  return {
    seq,
    chain: toHashText(chainOf(bytes)),
    prev: toHashText(prev),
    stamp: {
      now_ns: stamp.nowNs,
      logical_now_ns: stamp.logicalNowNs,
      entropy: toHex(stamp.entropy),
    },
    input: { kind: input.kind, ...describeInput(input, ports) },
    fuel,
    wake_at_ns: wakeAtNs ?? null,
    entries: entries.map((entry) => {
      const { kind, cause } = entry;
      return { kind, cause: describeCause(cause), ...describeEntry(entry, ports) };
    }),
  };
}

/** The index of an entry of this record, null for its input, or a place in an earlier record. */
function describeCause(cause: Cause): JsonValue {
  return cause === null || typeof cause === 'number' ? cause : { ...cause };
}

function printRecord(record: JournalRecord, ports: DescribePorts): string[] {
  const { seq, stamp, input, entries } = record;
  const time = new Date(Number(stamp.nowNs / 1_000_000n)).toISOString();
  const fields = describeInput(input, ports);
  const place = { seq, i: null };
  return [
    `${seq}  ${time}  ${printNode({ place, stamp, is: 'input', kind: input.kind, fields })}`,
    ...entries.map((entry, i) => {
      const node = { place: { seq, i }, stamp, is: 'entry', kind: entry.kind } as const;
      return `    ${printNode({ ...node, fields: describeEntry(entry, ports) })}`;
    }),
  ];
}
