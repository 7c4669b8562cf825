/**
 * The audit stream: who did what by which authority, a record at a time, chained as the journal is.
 *
 * A1 An item says everything its record says, and who signed it. Its `chain` is the next one's
 *    `prev`, so an auditor notices a record that is missing.
 * A2 It is read from the journal when it is asked for: a slow reader costs nothing, and whoever
 *    comes back goes on at the sequence he has come to.
 */
import { type JsonValue, printJson } from '@aos/air';
import { bytesEqual, type Hash, RefusalError, toHashText } from '@aos/canon';
import type { DescribePorts, KeyState, World } from '@aos/kernel';
import {
  decodeRecord,
  type Input,
  type JournalRecord,
  type PlainRecord,
  type WorldStore,
} from '@aos/protocol';
import { recordShape } from '../control/verbs/records.js';
import type { DurableRecord } from '../loop/host-watch.js';
import type { ObservedWorld, WorldObserver } from './observer.js';

/** Format of the items. */
const AUDIT_VERSION = 1;
const NS_PER_MS = 1_000_000n;

/** What items are told from. */
export interface AuditPorts {
  readonly describing: DescribePorts;
  readonly keyring: readonly KeyState[];
  readonly worldId: Hash;
}

export function auditPorts(world: World, store: Pick<WorldStore, 'object'>): AuditPorts {
  const { program, keyring, worldId } = world;
  const object = (hash: Hash) => store.object(hash);
  return { describing: { definition: program.definition, object }, keyring, worldId };
}

/** One item: the record as `journal.tail` shows it, with world, time and signer. */
export function auditItem(
  record: JournalRecord,
  bytes: Uint8Array,
  ports: AuditPorts,
): PlainRecord {
  const shape = recordShape(record, bytes, { ports: ports.describing, kinds: undefined });
  return {
    v: AUDIT_VERSION,
    world: toHashText(ports.worldId),
    time: new Date(Number(record.stamp.nowNs / NS_PER_MS)).toISOString(),
    who: whoOf(record.input, ports.keyring),
    ...(shape as unknown as PlainRecord),
  };
}

/** A line of NDJSON. */
export function auditLine(item: PlainRecord): string {
  return `${printJson(item as JsonValue)}\n`;
}

/** Writes a line for each record as it becomes durable. */
export function auditObserver(write: (line: string) => void): WorldObserver {
  let world: ObservedWorld | undefined;
  return {
    opened(opened) {
      world = opened;
    },
    record({ record, bytes }: DurableRecord) {
      if (world === undefined) return;
      write(auditLine(auditItem(record, bytes, auditPorts(world.now(), world.store))));
    },
  };
}

/** Where a stream of items reads. */
export interface AuditSource {
  /** Sequence of the last record that may be told of. */
  readonly head: () => number;
  readonly records: (fromSeq: number) => Iterable<Uint8Array>;
  readonly ports: () => Promise<AuditPorts>;
  /** Resolves when record `seq` may be told of, or when aborted; absent where nobody writes. */
  readonly next?: (seq: number, signal: AbortSignal) => Promise<void>;
}

/** Records read before others get their turn. */
const SLICE_RECORDS = 256;

/** Items from a record on, and with `follow` those that come. */
export async function* auditStream(
  source: AuditSource,
  { from = 0, follow = false }: { readonly from?: number; readonly follow?: boolean },
  signal: AbortSignal,
): AsyncGenerator<PlainRecord, void, void> {
  for (let seq = from; !signal.aborted; ) {
    const ports = await source.ports();
    const end = Math.min(source.head(), seq + SLICE_RECORDS - 1);
    for (const bytes of seq > end ? [] : source.records(seq)) {
      const record = decodeRecord(bytes);
      if (!record.ok) throw new RefusalError(record.refusal);
      yield auditItem(record.value, bytes, ports);
      seq = record.value.seq + 1;
      if (seq > end || signal.aborted) break;
    }
    if (seq <= source.head()) await new Promise((resolve) => setImmediate(resolve));
    else if (!follow || source.next === undefined) return;
    else await source.next(seq, signal);
  }
}

/** The key behind a signed input; the inbox that an event came through; null for nobody. */
function whoOf(input: Input, keyring: readonly KeyState[]): PlainRecord | null {
  if (input.kind === 'event') return input.source === undefined ? null : { source: input.source };
  if (!('keyId' in input)) return null;
  const key = keyring.find(({ keyId }) => bytesEqual(keyId, input.keyId));
  const known = key === undefined ? {} : { name: key.name, roles: [...key.roles] };
  return { key: toHashText(input.keyId), ...known };
}
