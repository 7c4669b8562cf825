/**
 * The cause index: what a journal says about itself across records, so that a question need not
 * read all of it.
 *
 * I1 A function of the records given, in order: it holds nothing that cannot be built again.
 * I2 It holds places, never values: values are read from the records when they are asked for.
 * I3 What stands in one record (causes given as an index) is not in it: whoever has the record has
 *     that already.
 */
import { assert, type Hash, type Result, toHex } from '@aos/canon';
import { decodeRecord, type Entry, type Input, type Instance } from '@aos/protocol';
import { type PlaceNumber, placeNumber } from './places.js';

/** Grows record by record; see {@link CauseIndex.add}. */
export class CauseIndex {
  readonly #changes = new Map<string, PlaceNumber[]>();
  readonly #intents = new Map<string, PlaceNumber[]>();
  readonly #firstAboutIntents: PlaceNumber[] = [];
  readonly #instances = new Map<string, PlaceNumber[]>();
  readonly #consequences = new Map<PlaceNumber, PlaceNumber[]>();
  readonly #proposals = new Map<number, PlaceNumber[]>();
  readonly #applied: PlaceNumber[] = [];
  #nextSeq: number | undefined;

  /** Sequence of the record that comes next; `undefined` before the first. */
  get nextSeq(): number | undefined {
    return this.#nextSeq;
  }

  /** Takes in the next record. Codes: those of {@link decodeRecord}. */
  add(bytes: Uint8Array): Result<null> {
    const decoded = decodeRecord(bytes);
    if (!decoded.ok) return decoded;
    const { seq, input, entries } = decoded.value;
    assert(seq === (this.#nextSeq ?? seq), 'records are indexed in order');
    this.#nextSeq = seq + 1;
    this.#addInput(seq, input);
    entries.forEach((entry, i) => {
      this.#addEntry(placeNumber({ seq, i }), entry);
    });
    return { ok: true, value: null };
  }

  /** Every `state-changed` of a cell, oldest first. `key` is canonical. */
  changesOf(reducer: string, key: Uint8Array | null): readonly PlaceNumber[] {
    return this.#changes.get(cellId(reducer, key)) ?? [];
  }

  /** Every entry and input about an intent, oldest first: decision, intent, receipt, settled, … */
  aboutIntent(intent: Hash): readonly PlaceNumber[] {
    return this.#intents.get(toHex(intent)) ?? [];
  }

  /** Where the journal first speaks of each intent, oldest first. It grows with the index. */
  get firstAboutIntents(): readonly PlaceNumber[] {
    return this.#firstAboutIntents;
  }

  /** Where the journal first speaks of those intents whose hash begins so, oldest first. */
  intentsBeginning(digits: string, limit: number): readonly PlaceNumber[] {
    const found: PlaceNumber[] = [];
    for (const [hex, [first]] of this.#intents) {
      if (found.length === limit) break;
      if (first !== undefined && hex.startsWith(digits)) found.push(first);
    }
    return found;
  }

  /** Every entry about a plan instance but its `plan-started`, oldest first. */
  aboutInstance(instance: Instance): readonly PlaceNumber[] {
    return this.#instances.get(instanceId(instance)) ?? [];
  }

  /** Every change of a proposal, oldest first. */
  aboutProposal(proposal: number): readonly PlaceNumber[] {
    return this.#proposals.get(proposal) ?? [];
  }

  /** Where other definitions came into force, oldest first. */
  get applied(): readonly PlaceNumber[] {
    return this.#applied;
  }

  /** Entries of later records that name this place as their cause, oldest first. */
  laterConsequencesOf(place: PlaceNumber): readonly PlaceNumber[] {
    return this.#consequences.get(place) ?? [];
  }

  #addInput(seq: number, input: Input): void {
    const intent = intentOfInput(input);
    if (intent !== undefined) {
      this.#addAbout(intent, placeNumber({ seq, i: null }));
    }
  }

  #addAbout(intent: Hash, place: PlaceNumber): void {
    const id = toHex(intent);
    if (!this.#intents.has(id)) this.#firstAboutIntents.push(place);
    push(this.#intents, id, place);
  }

  #addEntry(place: PlaceNumber, entry: Entry): void {
    const { cause } = entry;
    if (cause !== null && typeof cause === 'object') {
      push(this.#consequences, placeNumber(cause), place);
    }
    if (entry.kind === 'state-changed') {
      push(this.#changes, cellId(entry.reducer, entry.key), place);
    }
    if ('intent' in entry && entry.intent !== undefined) {
      this.#addAbout(entry.intent, place);
    }
    if (entry.kind === 'governance-changed') {
      push(this.#proposals, entry.proposal, place);
      if (entry.change === 'applied') this.#applied.push(place);
    }
    const instance = instanceOf(entry);
    if (instance !== undefined) push(this.#instances, instanceId(instance), place);
  }
}

/** The intent that an input speaks of: a receipt, a frame, an approval, what an effect proposes. */
export function intentOfInput(input: Input): Hash | undefined {
  switch (input.kind) {
    case 'receipt':
      return input.receipt.intentHash;
    case 'stream-frame':
      return input.frame.intentHash;
    case 'governance': {
      const hash = input.args.get('intent_hash') ?? input.args.get('intent');
      return hash instanceof Uint8Array ? (hash as Hash) : undefined;
    }
    default:
      return undefined;
  }
}

/** The instance that an entry belongs to: its own, the one that spawned it, or its origin. */
export function instanceOf(entry: Entry): Instance | undefined {
  switch (entry.kind) {
    case 'plan-step':
    case 'plan-result':
    case 'plan-ended':
      return entry.instance;
    case 'plan-started':
      return entry.parent ?? undefined;
    case 'intent':
      return 'plan' in entry.origin ? entry.origin.instance : undefined;
    default:
      return undefined;
  }
}

function cellId(reducer: string, key: Uint8Array | null): string {
  return key === null ? reducer : `${reducer} ${toHex(key)}`;
}

function instanceId({ seq, i }: Instance): string {
  return `${seq}/${i}`;
}

function push<K>(map: Map<K, PlaceNumber[]>, key: K, place: PlaceNumber): void {
  const places = map.get(key);
  if (places === undefined) map.set(key, [place]);
  else places.push(place);
}
