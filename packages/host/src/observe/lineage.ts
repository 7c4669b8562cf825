/**
 * Which root event each thing in a journal goes back to: found as records come, without an index.
 *
 * L1 A root is an input from outside that no effect of the world led to. What an answer, a tick or
 *    left-over work leads to goes back to where its effect, instance or work began.
 * L2 Held are only what is open (effects and instances) and the latest records; what is older is
 *    read from the journal, back to a bounded number of records.
 */
import { type Hash, toHex } from '@aos/canon';
import type { Cause, Entry, EntryPlace, Instance, JournalRecord } from '@aos/protocol';

/** Root sequences of a record: of its input, and of each entry. */
export interface Roots {
  readonly input: number;
  readonly entries: readonly number[];
}

/** Where something that is not over began. */
export interface Begun {
  readonly place: EntryPlace & { readonly i: number };
  /** Sequence of the root's record. */
  readonly root: number;
  readonly record: JournalRecord;
}

/** The roots of a record as far as they are found. */
interface SoFar extends Roots {
  readonly record: JournalRecord;
}

/** Records whose roots are kept. */
const KEPT_RECORDS = 4096;
/** Records that are read to find one root. */
const MAX_READ = 64;

export class Lineage {
  readonly #intents = new Map<string, Begun>();
  readonly #instances = new Map<string, Begun>();
  readonly #kept = new Map<number, Roots>();
  /** Records that may still be read for the root that is looked for. */
  #readable = MAX_READ;

  constructor(
    /** A record of the journal, `undefined` where it is not there. */
    private readonly read: (seq: number) => JournalRecord | undefined,
  ) {}

  /** Where an effect began, until {@link forget} is told of its end. */
  intent(hash: Hash): Begun | undefined {
    return this.#intents.get(toHex(hash));
  }

  instance(instance: Instance): Begun | undefined {
    return this.#instances.get(nameOf(instance)) ?? this.#findInstance(instance);
  }

  /** An effect that was open before the first record that is added. */
  addIntent(hash: Hash, place: Begun['place']): void {
    const record = this.read(place.seq);
    if (record === undefined) return;
    this.#readable = MAX_READ;
    const root = this.#rootAt(place);
    this.#intents.set(toHex(hash), { place, root, record });
  }

  /** Takes in the next record. What ends in it is still known after, until it is forgotten. */
  add(record: JournalRecord): Roots {
    this.#readable = MAX_READ;
    const roots = this.#rootsOf(record);
    record.entries.forEach((entry, i) => {
      const begun = { place: { seq: record.seq, i }, root: roots.entries[i] ?? record.seq, record };
      if (entry.kind === 'intent') this.#intents.set(toHex(entry.intent), begun);
      if (entry.kind === 'plan-started') this.#instances.set(nameOf(begun.place), begun);
    });
    return roots;
  }

  /** What ended in a record is over. */
  forget({ entries }: JournalRecord): void {
    for (const entry of entries) {
      if (entry.kind === 'settled') this.#intents.delete(toHex(entry.intent));
      if (entry.kind === 'plan-ended') this.#instances.delete(nameOf(entry.instance));
    }
  }

  #findInstance(place: Instance): Begun | undefined {
    const record = this.read(place.seq);
    if (record === undefined) return undefined;
    return { place, root: this.#rootAt(place), record };
  }

  #rootsOf(record: JournalRecord): Roots {
    const input = this.#rootOfInput(record);
    const entries: number[] = [];
    for (const entry of record.entries) {
      entries.push(this.#rootOfEntry(entry, { record, input, entries }));
    }
    const roots = { input, entries };
    if (this.#kept.size >= KEPT_RECORDS) {
      const [oldest] = this.#kept.keys();
      this.#kept.delete(oldest as number);
    }
    this.#kept.set(record.seq, roots);
    return roots;
  }

  #rootOfInput({ seq, input }: JournalRecord): number {
    if (input.kind === 'receipt') return this.intent(input.receipt.intentHash)?.root ?? seq;
    if (input.kind === 'stream-frame') return this.intent(input.frame.intentHash)?.root ?? seq;
    const hash = input.kind === 'governance' ? input.args.get('intent_hash') : undefined;
    return hash instanceof Uint8Array ? (this.intent(hash as Hash)?.root ?? seq) : seq;
  }

  #rootOfEntry(entry: Entry, so: SoFar): number {
    switch (entry.kind) {
      case 'plan-step':
      case 'plan-result':
      case 'plan-ended':
        return this.#rootOfInstance(entry.instance, so);
      case 'settled':
        return this.intent(entry.intent)?.root ?? this.#rootOfCause(entry.cause, so);
      default:
        return this.#rootOfCause(entry.cause, so);
    }
  }

  #rootOfInstance(instance: Instance, so: SoFar): number {
    if (instance.seq === so.record.seq) return so.entries[instance.i] ?? so.input;
    return this.instance(instance)?.root ?? so.input;
  }

  #rootOfCause(cause: Cause, so: SoFar): number {
    if (cause === null) return so.input;
    if (typeof cause === 'number') return so.entries[cause] ?? so.input;
    return this.#rootAt(cause);
  }

  #rootAt({ seq, i }: EntryPlace): number {
    const kept = this.#kept.get(seq) ?? this.#readRoots(seq);
    if (kept === undefined) return seq;
    return i === null ? kept.input : (kept.entries[i] ?? kept.input);
  }

  #readRoots(seq: number): Roots | undefined {
    if (this.#readable === 0) return undefined;
    this.#readable -= 1;
    const record = this.read(seq);
    return record && this.#rootsOf(record);
  }
}

function nameOf({ seq, i }: Instance): string {
  return `${seq}/${i}`;
}
