/**
 * Replay: the inputs of a journal, run again, and every byte of it judged (system.md §2.7).
 *
 * 1. Only the input and the stamp of a record are fed, and only if admission would let the input
 *     in; everything else is compared.
 * 2. The first difference ends the replay, with its sequence and both values.
 */
import {
  bytesEqual,
  type Encodable,
  type Hash,
  type Refusal,
  type Result,
  refuse,
} from '@aos/canon';
import {
  decodeRecord,
  decodeRecordHead,
  type Engine,
  type Entry,
  encodeEntry,
  type JournalRecord,
  type RecordHead,
} from '@aos/protocol';
import { type AdmittedEvent, admit } from './admit.js';
import { step } from './step.js';
import type { World } from './world.js';

/** Where the replayed world and the journal part ways first. */
export interface Difference {
  /**
   * `different`: both have an entry here and they differ; `extra`: the journal has an entry that
   * replay does not make; `missing`: replay makes one that the journal lacks; `broken`: the record
   * is unreadable, out of sequence or does not follow from the chain.
   */
  readonly kind: 'broken' | 'different' | 'extra' | 'missing';
  readonly seq: number;
  /** `entries/<i>`, or the field of the record. */
  readonly at: string;
  readonly expected: Encodable | Entry | null;
  readonly found: Encodable | Entry | null;
  readonly code: string;
}

export type Verdict =
  | { readonly kind: 'same'; readonly world: World }
  | { readonly kind: 'different'; readonly world: World; readonly difference: Difference }
  | { readonly kind: 'need'; readonly hashes: readonly Hash[] };

/** What replay asks of a store: bytes by hash, `undefined` when they are not there. */
export type ObjectReader = (hash: Hash) => Uint8Array | undefined;

export interface ReplayPorts {
  readonly engine: Engine;
  readonly object: ObjectReader;
}

/**
 * Judges one record against `world`: the world after it, the first difference, or the objects that
 * must be in memory first (then nothing has happened).
 */
export function replayRecord(world: World, bytes: Uint8Array, ports: ReplayPorts): Verdict {
  const head = decodeRecordHead(bytes);
  if (!head.ok) return broken(world, 'record', head.refusal);
  const link = checkLink(world, head.value);
  if (!link.ok) return broken(world, link.refusal.at, link.refusal);
  const input = resolveInput(head.value, ports.object);
  if ('need' in input) return { kind: 'need', hashes: [input.need] };
  const admitted = readmit(world, input);
  if (!admitted.ok) return broken(world, 'input', admitted.refusal);
  const outcome = step(world, input, head.value.stamp, ports.engine);
  if (outcome.kind === 'need') return outcome;
  if (bytesEqual(outcome.bytes, bytes)) {
    const needed = outcome.objects.filter(({ hash }) => ports.object(hash) === undefined);
    if (needed.length > 0) return { kind: 'need', hashes: needed.map(({ hash }) => hash) };
    return { kind: 'same', world: outcome.world };
  }
  const difference = explain(bytes, outcome.record);
  return { kind: 'different', world, difference };
}

/**
 * Judges records in order and stops at the first verdict that is not `same`. A journal of no
 * records is the same as its genesis.
 */
export function replay(world: World, records: Iterable<Uint8Array>, ports: ReplayPorts): Verdict {
  let current = world;
  for (const bytes of records) {
    const verdict = replayRecord(current, bytes, ports);
    if (verdict.kind !== 'same') return verdict;
    current = verdict.world;
  }
  return { kind: 'same', world: current };
}

function checkLink(world: World, head: RecordHead): Result<null> {
  if (head.seq !== world.seq) {
    return refuse('sequence-gap', 'seq', `expected ${world.seq}, found ${head.seq}`);
  }
  if (!bytesEqual(head.prev, world.chain)) {
    return refuse('chain-broken', 'prev', 'prev is not the chain value of the record before');
  }
  if (head.stamp.logicalNowNs < world.logicalNowNs) {
    return refuse('time-backwards', 'stamp', 'logical time is before that of the last record');
  }
  return { ok: true, value: null };
}

function resolveInput(head: RecordHead, object: ObjectReader): AdmittedEvent | { need: Hash } {
  const { schema, value } = head.input;
  if (value.inline !== undefined) return { kind: 'event', schema, value: value.inline };
  const bytes = object(value.ref);
  return bytes === undefined ? { need: value.ref } : { kind: 'event', schema, value: bytes };
}

/** A journal may hold only what admission lets in, byte for byte. */
function readmit(world: World, input: AdmittedEvent): Result<null> {
  const admitted = admit(world, { schema: input.schema, cbor: input.value });
  if (!admitted.ok) return admitted;
  if (bytesEqual(admitted.value.value, input.value)) return { ok: true, value: null };
  return refuse('input-not-canonical', 'input', 'the value is not canonical in its schema');
}

function broken(world: World, at: string, refusal: Refusal): Verdict {
  const difference: Difference = {
    kind: 'broken',
    seq: world.seq,
    at,
    expected: null,
    found: refusal.detail,
    code: refusal.code,
  };
  return { kind: 'different', world, difference };
}

function explain(bytes: Uint8Array, replayed: JournalRecord): Difference {
  const seq = replayed.seq;
  const recorded = decodeRecord(bytes);
  if (!recorded.ok) {
    const { code, detail } = recorded.refusal;
    return { kind: 'broken', seq, at: 'entries', expected: null, found: detail, code };
  }
  const ours = replayed.entries;
  const theirs = recorded.value.entries;
  const longest = Math.max(ours.length, theirs.length);
  for (let i = 0; i < longest; i++) {
    const expected = ours[i] ?? null;
    const found = theirs[i] ?? null;
    if (expected !== null && found !== null && sameEntry(expected, found)) continue;
    const kind = expected === null ? 'extra' : found === null ? 'missing' : 'different';
    return { kind, seq, at: `entries/${i}`, expected, found, code: 'replay-difference' };
  }
  return explainHead(replayed, recorded.value);
}

function explainHead(replayed: JournalRecord, recorded: JournalRecord): Difference {
  const { seq } = replayed;
  const base = { kind: 'different' as const, seq, code: 'replay-difference' };
  if (replayed.fuel !== recorded.fuel) {
    return { ...base, at: 'fuel', expected: replayed.fuel, found: recorded.fuel };
  }
  // Entries and fuel agree, so what differs is how the input's value is carried.
  const carried = (record: JournalRecord) => (record.input.value.ref ? 'object' : 'inline');
  return { ...base, at: 'input/value', expected: carried(replayed), found: carried(recorded) };
}

function sameEntry(a: Entry, b: Entry): boolean {
  return bytesEqual(encodeEntry(a), encodeEntry(b));
}
