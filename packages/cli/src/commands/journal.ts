/** `aos journal head` and `aos journal tail`: the records themselves. */
import { type JsonValue, openDefinition, printJson, type WorldDefinition } from '@aos/air';
import { type Hash, toHashText, toHex } from '@aos/canon';
import {
  type CarriedValue,
  chainOf,
  decodeGenesis,
  decodeRecord,
  type Entry,
  type Input,
  type JournalRecord,
  type WorldStore,
  worldIdOf,
} from '@aos/protocol';
import { withStore } from '../open-world.js';
import { type Answer, CliError } from '../output.js';

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
    const definition = readDefinition(store);
    const records: JsonValue[] = [];
    const lines: string[] = [];
    for (const bytes of store.records(from)) {
      if (records.length === options.count) break;
      const record = decodeRecord(bytes);
      if (!record.ok) throw CliError.of(record.refusal);
      const value = describeInput(record.value.input, {
        definition,
        object: (hash) => store.object(hash),
      });
      records.push(describeRecord(record.value, value, chainOf(bytes)));
      lines.push(...printRecord(record.value, value));
    }
    return { data: { records }, lines };
  });
}

interface ValueReader {
  readonly definition: WorldDefinition;
  readonly object: (hash: Hash) => Uint8Array | undefined;
}

function readDefinition(store: WorldStore): WorldDefinition {
  const genesis = decodeGenesis(store.genesis);
  if (!genesis.ok) throw CliError.of(genesis.refusal);
  const definition = openDefinition(genesis.value.manifest, (hash) => store.object(hash));
  if (!definition.ok) throw CliError.of(definition.refusal);
  return definition.value;
}

/** The value of an event; nothing for an input of another kind. */
function describeInput(input: Input, reader: ValueReader): JsonValue {
  return input.kind === 'event' ? describeValue(input.value, input.schema, reader) : null;
}

/** The value in the sugar lens, or its reference when it cannot be read here. */
function describeValue(carried: CarriedValue, schema: string, reader: ValueReader): JsonValue {
  const bytes = carried.inline ?? reader.object(carried.ref);
  const json =
    bytes === undefined ? undefined : reader.definition.schemas.get(schema)?.toJson(bytes);
  if (json?.ok) return json.value;
  return carried.ref === undefined ? toHex(carried.inline) : toHashText(carried.ref);
}

function describeRecord(record: JournalRecord, value: JsonValue, chain: Hash): JsonValue {
  const { seq, prev, stamp, input, fuel, entries } = record;
  const { kind } = input;
  return {
    seq,
    chain: toHashText(chain),
    prev: toHashText(prev),
    stamp: {
      now_ns: stamp.nowNs,
      logical_now_ns: stamp.logicalNowNs,
      entropy: toHex(stamp.entropy),
    },
    input: input.kind === 'event' ? { kind: input.kind, schema: input.schema, value } : { kind },
    fuel,
    entries: entries.map(describeEntry),
  };
}

function describeEntry(entry: Entry): JsonValue {
  const { kind } = entry;
  const cause =
    entry.cause === null || typeof entry.cause === 'number' ? entry.cause : { ...entry.cause };
  switch (entry.kind) {
    case 'domain-event': {
      const value =
        entry.value.ref === undefined ? toHex(entry.value.inline) : toHashText(entry.value.ref);
      return { kind, cause, schema: entry.schema, value };
    }
    case 'state-changed': {
      const { reducer, before, after } = entry;
      return { kind, cause, reducer, before: hashOrNull(before), after: hashOrNull(after) };
    }
    case 'reducer-fault': {
      const { reducer, code, fuel } = entry;
      return { kind, cause, reducer, code, fuel };
    }
    default:
      return { kind, cause };
  }
}

const hashOrNull = (hash: Hash | null) => (hash === null ? null : toHashText(hash));

const SHORT_HASH_CHARS = 12;

function printRecord(record: JournalRecord, value: JsonValue): string[] {
  const time = new Date(Number(record.stamp.nowNs / 1_000_000n)).toISOString();
  const { input } = record;
  const shown = input.kind === 'event' ? `${input.schema}  ${printJson(value)}` : input.kind;
  return [
    `${record.seq}  ${time}  ${shown}`,
    ...record.entries.map((entry) => `    ${printEntry(entry)}`),
  ];
}

function printEntry(entry: Entry): string {
  switch (entry.kind) {
    case 'domain-event':
      return `domain-event   ${entry.schema}`;
    case 'state-changed':
      return `state-changed  ${entry.reducer}  ${short(entry.before)} → ${short(entry.after)}`;
    case 'reducer-fault':
      return `reducer-fault  ${entry.reducer}  ${entry.code}`;
    default:
      return entry.kind;
  }
}

const short = (hash: Hash | null) =>
  hash === null ? 'none' : toHex(hash).slice(0, SHORT_HASH_CHARS);
