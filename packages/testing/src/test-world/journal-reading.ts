/** What the journal of a test world says, in the terms of its author. */
import { type CompiledSchema, EFFECT_ERROR, type JsonValue, type WorldDefinition } from '@aos/air';
import { assert, type Hash, toHex } from '@aos/canon';
import { describeEntry, describeInput } from '@aos/kernel';
import {
  type CarriedValue,
  decodeRecord,
  type Entry,
  type EntryKind,
  type Instance,
  type JournalRecord,
  type PlanEndedEntry,
  type ReceiptStatus,
  type WorldStore,
} from '@aos/protocol';
import { readTyped } from './typed-values.js';

/** A receipt that the world has taken. */
// biome-ignore lint/suspicious/noExplicitAny: without an effect to type it, it is of any shape
export interface TestReceipt<R = any> {
  /** Sequence of its record. */
  readonly seq: number;
  /** Kind of the effect. */
  readonly effect: string;
  /** Intent hash in hex. */
  readonly intent: string;
  readonly adapterId: string;
  readonly status: ReceiptStatus;
  /** When the status is ok. */
  readonly receipt?: R;
  /** When it is not. */
  readonly error?: { readonly code: string; readonly message: string };
  readonly cents?: bigint;
}

/** A plan instance, running or ended. */
// biome-ignore lint/suspicious/noExplicitAny: without a plan to type it, a result is of any shape
export interface TestPlan<I = any, O = any> {
  readonly plan: string;
  /** The place of its start, by which it is known. */
  readonly instance: Instance;
  readonly input: I;
  readonly status: 'running' | PlanEndedEntry['status'];
  /** Why, when the status is error. */
  readonly code?: string;
  /** When it ended with one. */
  readonly result?: O;
}

/** A record as people read it: hashes as text, values as JSON of their schemas. */
export interface DescribedRecord {
  readonly seq: number;
  readonly fuel: number;
  readonly now_ns: bigint;
  readonly input: JsonValue;
  readonly entries: readonly JsonValue[];
  readonly wake_at?: bigint;
}

export class JournalReading {
  constructor(
    private readonly store: Pick<WorldStore, 'object' | 'records'>,
    private readonly definition: WorldDefinition,
  ) {}

  records(): readonly JournalRecord[] {
    return [...this.store.records(0)].map((bytes, seq) => {
      const record = decodeRecord(bytes);
      assert(record.ok, `record ${seq} was written by a kernel`);
      return record.value;
    });
  }

  entries(): readonly Entry[];
  entries<K extends EntryKind>(kind: K): readonly Extract<Entry, { readonly kind: K }>[];
  entries(kind?: EntryKind): readonly Entry[] {
    const entries = this.records().flatMap((record) => record.entries);
    return kind === undefined ? entries : entries.filter((entry) => entry.kind === kind);
  }

  receipts(kind?: string): readonly TestReceipt[] {
    const kinds = new Map(
      this.entries('intent').map(({ intent, effect: asked }) => [toHex(intent), asked]),
    );
    const receipts = this.records().flatMap((record) => this.#receiptOf(record, kinds));
    return kind === undefined ? receipts : receipts.filter((each) => each.effect === kind);
  }

  plans(name?: string): readonly TestPlan[] {
    const ends = byInstance(this.entries('plan-ended'));
    const results = byInstance(this.entries('plan-result'));
    return this.records().flatMap(({ seq, entries: own }) =>
      own.flatMap((entry, i): TestPlan[] => {
        if (entry.kind !== 'plan-started' || (name ?? entry.plan) !== entry.plan) return [];
        const place = placeOf({ seq, i });
        return [this.#planOf(entry, { seq, i }, ends.get(place), results.get(place))];
      }),
    );
  }

  describe(): readonly DescribedRecord[] {
    const ports = { definition: this.definition, object: (hash: Hash) => this.store.object(hash) };
    return this.records().map(({ seq, fuel, stamp, input, entries, wakeAtNs }) => ({
      seq,
      fuel,
      now_ns: stamp.logicalNowNs,
      input: { kind: input.kind, ...describeInput(input, ports) },
      entries: entries.map((entry) => ({ kind: entry.kind, ...describeEntry(entry, ports) })),
      ...(wakeAtNs === undefined ? {} : { wake_at: wakeAtNs }),
    }));
  }

  #receiptOf({ seq, input }: JournalRecord, kinds: ReadonlyMap<string, string>): TestReceipt[] {
    if (input.kind !== 'receipt') return [];
    const { intentHash, adapterId, status, costCents } = input.receipt;
    const intent = toHex(intentHash);
    const effect = kinds.get(intent) ?? '';
    const isOk = status === 'ok';
    const schema = isOk ? this.definition.effectOf(effect)?.receipt : this.#schema(EFFECT_ERROR);
    const payload = this.#read(input.payload, schema);
    return [
      {
        ...{ seq, effect, intent, adapterId, status },
        ...(isOk ? { receipt: payload } : { error: payload as NonNullable<TestReceipt['error']> }),
        ...(costCents === undefined ? {} : { cents: costCents }),
      },
    ];
  }

  #planOf(
    started: Extract<Entry, { readonly kind: 'plan-started' }>,
    instance: Instance,
    ended: PlanEndedEntry | undefined,
    result: Extract<Entry, { readonly kind: 'plan-result' }> | undefined,
  ): TestPlan {
    const { plan, input } = started;
    const schema = this.#schema(this.definition.find('defplan', plan)?.input ?? '');
    const value = result && this.#read(result.value, this.#schema(result.schema));
    const code = ended?.code ?? undefined;
    return {
      ...{ plan, instance, input: this.#read(input, schema), status: ended?.status ?? 'running' },
      ...(code === undefined ? {} : { code }),
      ...(result === undefined ? {} : { result: value }),
    };
  }

  #schema(name: string): CompiledSchema | undefined {
    return this.definition.schemas.get(name);
  }

  #read(carried: CarriedValue, schema: CompiledSchema | undefined): unknown {
    const bytes = carried.inline ?? this.store.object(carried.ref);
    assert(bytes !== undefined, 'a store has every value that its records refer to');
    return readTyped(bytes, schema?.type);
  }
}

/** By the place of their instance. */
function byInstance<E extends { readonly instance: Instance }>(
  entries: readonly E[],
): ReadonlyMap<string, E> {
  return new Map(entries.map((entry) => [placeOf(entry.instance), entry]));
}

function placeOf({ seq, i }: Instance): string {
  return `${seq}.${i}`;
}
