/** Records read for a question: decoded once, the most recent kept. */
import { decodeRecord, type EntryPlace, type JournalRecord } from '@aos/protocol';

/** Bytes of the record `seq`; `undefined` where it is not kept, or not yet there. */
export type RecordReader = (seq: number) => Uint8Array | undefined;

/** Records kept decoded: a question mostly moves among neighbours. */
const KEPT_RECORDS = 256;

export class JournalView {
  readonly #kept = new Map<number, JournalRecord>();

  constructor(private readonly read: RecordReader) {}

  /** `undefined` where the record is not there or cannot be read. */
  record(seq: number): JournalRecord | undefined {
    const kept = this.#kept.get(seq);
    if (kept !== undefined) return kept;
    const bytes = this.read(seq);
    if (bytes === undefined) return undefined;
    const decoded = decodeRecord(bytes);
    if (!decoded.ok || decoded.value.seq !== seq) return undefined;
    if (this.#kept.size >= KEPT_RECORDS) {
      const [oldest] = this.#kept.keys();
      this.#kept.delete(oldest as number);
    }
    this.#kept.set(seq, decoded.value);
    return decoded.value;
  }

  /** Whether the journal has the place and it can be read. */
  has({ seq, i }: EntryPlace): boolean {
    const record = this.record(seq);
    return record !== undefined && (i === null || i < record.entries.length);
  }
}
