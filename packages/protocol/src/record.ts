/**
 * The journal record: one admitted input, its stamp and everything it caused (spec P2).
 *
 * P2.1 `chain(n) = sha256(canonical record n)`; `prev` of record n is chain(n − 1), of record 0 the
 *      world id.
 * P2.2 Replay feeds `input` and `stamp`; it is judged against the whole record's bytes.
 */
import {
  asHash,
  attempt,
  borrowWriter,
  bytesEqual,
  type Hash,
  Reader,
  type Result,
  returnWriter,
  sha256,
  type Writer,
} from '@aos/canon';
import { type Entry, parseEntry, writeEntry } from './entries/entry.js';
import { type Input, readInput, writeInput } from './inputs/input.js';
import { shapeRefusal, viewExact } from './shapes/shape-reader.js';
import { readStamp, type Stamp, writeStamp } from './stamp.js';

/**
 * What replay needs of a record; the rest is judged as bytes. `prev` and the entropy of the stamp
 * are views of the bytes it was read from.
 */
export interface RecordHead {
  readonly seq: number;
  readonly fuel: number;
  readonly prev: Hash;
  readonly input: Input;
  readonly stamp: Stamp;
}

export interface JournalRecord extends RecordHead {
  readonly entries: readonly Entry[];
  /** Logical time at which the world next wants a `tick`; absent when nothing waits for time. */
  readonly wakeAtNs?: bigint;
}

const CHAIN_BYTES = 32;

/** Those that every record has. */
const FIELDS = 6;

/**
 * Canonical record bytes. Where `recorded` holds the same bytes, the answer is that very array: a
 * replay has them already, and is spared a copy.
 */
export function encodeRecord(record: JournalRecord, recorded?: Uint8Array): Uint8Array {
  const w = borrowWriter();
  writeRecord(w, record);
  const isSame = recorded !== undefined && bytesEqual(w.view(), recorded);
  const bytes = isSame ? recorded : w.finish();
  returnWriter(w);
  return bytes;
}

function writeRecord(w: Writer, record: JournalRecord): void {
  w.selfDescribe();
  w.mapHead(record.wakeAtNs === undefined ? FIELDS : FIELDS + 1);
  w.text('seq');
  w.int(record.seq);
  w.text('fuel');
  w.int(record.fuel);
  w.text('prev');
  w.bytes(record.prev);
  w.text('input');
  writeInput(w, record.input);
  w.text('stamp');
  writeStamp(w, record.stamp);
  w.text('entries');
  w.listHead(record.entries.length);
  for (const entry of record.entries) writeEntry(w, entry);
  if (record.wakeAtNs === undefined) return;
  w.text('wake_at');
  w.int(record.wakeAtNs);
}

/**
 * Reads what comes before the entries. Codes: the codec's, those of the shapes (`shape-*`) and of
 * inputs (`input-kind`, `verb-*`, `key-role`, `runtime-unsupported`).
 */
export function decodeRecordHead(bytes: Uint8Array): Result<RecordHead> {
  return attempt(() => {
    const r = new Reader(bytes);
    readCount(r);
    return readHead(r);
  });
}

/** Reads a whole record strictly; adds `entry-kind` to the codes of {@link decodeRecordHead}. */
export function decodeRecord(bytes: Uint8Array): Result<JournalRecord> {
  return attempt(() => {
    const r = new Reader(bytes);
    const count = readCount(r);
    const head = readHead(r);
    const entries = readEntries(r);
    if (count > FIELDS) r.key('wake_at');
    const wakeAtNs = count > FIELDS ? r.u64() : undefined;
    r.end();
    return wakeAtNs === undefined ? { ...head, entries } : { ...head, entries, wakeAtNs };
  });
}

/** The chain value of a record. */
export function chainOf(recordBytes: Uint8Array): Hash {
  return sha256(recordBytes);
}

/** The number of fields of the record. */
function readCount(r: Reader): number {
  r.selfDescribe();
  const count = r.mapHead();
  if (count === FIELDS || count === FIELDS + 1) return count;
  throw shapeRefusal('cbor-key', `a record of ${count} fields`);
}

function readHead(r: Reader): RecordHead {
  r.key('seq');
  const seq = r.nat();
  r.key('fuel');
  const fuel = r.nat();
  r.key('prev');
  const prev = asHash(viewExact(r, CHAIN_BYTES));
  r.key('input');
  const input = readInput(r);
  r.key('stamp');
  return { seq, fuel, prev, input, stamp: readStamp(r) };
}

function readEntries(r: Reader): readonly Entry[] {
  r.key('entries');
  const entries: Entry[] = [];
  for (let left = r.listHead(); left > 0; left--) entries.push(parseEntry(r.value()));
  return entries;
}
