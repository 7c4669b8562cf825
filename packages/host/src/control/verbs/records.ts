/** Records as JSON for people and tools, and which of them are asked for. */
import { toHashText, toHex } from '@aos/canon';
import { type DescribePorts, describeEntry, describeInput } from '@aos/kernel';
import {
  type Cause,
  chainOf,
  type EntryShape,
  type JournalRecord,
  type PlainRecord,
  plainInteger,
  type RecordShape,
} from '@aos/protocol';

/** Kinds of inputs and entries; without any, everything is shown. */
export type KindFilter = ReadonlySet<string> | undefined;

/** `undefined` when neither the input nor an entry of the record is of a kind that is wanted. */
export function recordShape(
  record: JournalRecord,
  bytes: Uint8Array,
  { ports, kinds }: { readonly ports: DescribePorts; readonly kinds: KindFilter },
): RecordShape | undefined {
  const { seq, prev, stamp, input, fuel, wakeAtNs } = record;
  const entries = record.entries.flatMap((entry, i): readonly EntryShape[] => {
    if (kinds !== undefined && !kinds.has(entry.kind)) return [];
    const fields = describeEntry(entry, ports) as PlainRecord;
    return [{ ...fields, i, kind: entry.kind, cause: causeShape(entry.cause) }];
  });
  if (kinds !== undefined && entries.length === 0 && !kinds.has(input.kind)) return undefined;
  return {
    seq,
    chain: toHashText(chainOf(bytes)),
    prev: toHashText(prev),
    stamp: {
      now_ns: plainInteger(stamp.nowNs),
      logical_now_ns: plainInteger(stamp.logicalNowNs),
      entropy: toHex(stamp.entropy),
    },
    input: { ...(describeInput(input, ports) as PlainRecord), kind: input.kind },
    fuel,
    wake_at_ns: wakeAtNs === undefined ? null : plainInteger(wakeAtNs),
    entries,
  };
}

/** The index of an entry of this record, null for its input, or a place in an earlier record. */
function causeShape(cause: Cause): EntryShape['cause'] {
  return cause === null || typeof cause === 'number' ? cause : { ...cause };
}
