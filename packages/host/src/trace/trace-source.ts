/** What traces are read from, and how values of it are told. */
import type { CompiledSchema, JsonValue } from '@aos/air';
import { toHashText, toHex } from '@aos/canon';
import {
  type DescribePorts,
  describeValue,
  type Journal,
  printPlace,
  type World,
} from '@aos/kernel';
import type {
  CarriedValue,
  Entry,
  EntryPlace,
  JournalRecord,
  Origin,
  PlainRecord,
  PlainValue,
} from '@aos/protocol';

/** A journal, and the world after its last record. */
export interface TraceSource {
  readonly journal: Journal;
  readonly ports: DescribePorts;
  readonly world: World;
}

/** The entry at a place; `undefined` for inputs, and where the record is not there. */
export function entryAt({ journal }: TraceSource, { seq, i }: EntryPlace): Entry | undefined {
  return i === null ? undefined : journal.view.record(seq)?.entries[i];
}

export function recordAt({ journal }: TraceSource, { seq }: EntryPlace): JournalRecord | undefined {
  return journal.view.record(seq);
}

/** Descriptions hold no decimal numbers: decimals of the language are text there. */
export const plain = (json: JsonValue): PlainValue => json as PlainValue;

/** Who asked, keys by their schema. */
export function describeOrigin({ world }: TraceSource, origin: Origin): PlainRecord {
  if ('plan' in origin) {
    const { plan, instance, step } = origin;
    return { plan, instance: printPlace(instance), step };
  }
  const { reducer, key } = origin;
  const schema = world.program.reducersByName.get(reducer)?.definition.keySchema;
  return { reducer, key: key === null ? null : describeKey(key, schema) };
}

function describeKey(key: Uint8Array, schema: CompiledSchema | undefined): PlainValue {
  const shown = schema?.toJson(key);
  return shown?.ok ? plain(shown.value) : toHex(key);
}

/** A value as its schema says it; its hash where the object is not stored. */
export function describeCarried(
  { ports }: TraceSource,
  carried: CarriedValue,
  schema: CompiledSchema | undefined,
): PlainValue {
  const bytes = carried.inline ?? ports.object(carried.ref);
  if (bytes !== undefined) return plain(describeValue(bytes, schema));
  return carried.ref === undefined ? null : toHashText(carried.ref);
}
