/**
 * OpenTelemetry spans from records: a trace for each root event, with spans for the event itself,
 * the plans it started, the effects they asked for, and the calls of reducers.
 *
 * S1 A span is made when it has ended, from the records it began and ended with; what is open has
 *    none. So spans survive whoever wrote the records.
 * S2 Traces and spans are named by their places in the journal. Where the provider of the tracer
 *    does not take our ids, traces still are, and all spans of a trace hang below one that is not
 *    there.
 * S3 Values are in no span: names, codes, hashes and places are.
 *
 * The SDK, its exporters and its sampling belong to whoever runs the host.
 */

import { type Hash, toHashText } from '@aos/canon';
import { printPlace } from '@aos/kernel';
import {
  decodeRecord,
  type Entry,
  type EntryPlace,
  type Input,
  type Instance,
  type JournalRecord,
  type Stamp,
} from '@aos/protocol';
import {
  type Attributes,
  type HrTime,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { DurableRecord } from '../loop/host-watch.js';
import { type Begun, Lineage } from './lineage.js';
import type { ObservedWorld, WorldObserver } from './observer.js';
import { PlaceIds, placeIds, spanIdOf, traceIdOf } from './place-ids.js';
import { settledCode } from './settled-code.js';

export { PlaceIds, placeIds, spanIdOf, traceIdOf };

export interface SpanOptions {
  readonly tracer: Tracer;
  /** Those that the tracer's provider makes ids with. Default {@link placeIds}. */
  readonly ids?: PlaceIds;
}

export function spanObserver({ tracer, ids = placeIds }: SpanOptions): WorldObserver {
  let spans: WorldSpans | undefined;
  return {
    opened: (world) => {
      spans = new WorldSpans(world, tracer, ids);
    },
    record: ({ record }: DurableRecord) => spans?.add(record),
  };
}

const NS_PER_S = 1_000_000_000n;
/** Steps of one instance that its span tells of. */
const MAX_STEPS = 128;

interface Step {
  readonly name: string;
  readonly atNs: bigint;
}

interface SpanSpec {
  readonly name: string;
  readonly kind: SpanKind;
  readonly place: EntryPlace;
  readonly root: number;
  /** Undefined for the root of the trace. */
  readonly parent: EntryPlace | undefined;
  readonly start: Stamp;
  readonly end: Stamp;
  readonly attributes: Attributes;
  /** Code of what went wrong. */
  readonly error?: string | undefined;
  readonly steps?: readonly Step[];
}

class WorldSpans {
  readonly #worldId: Hash;
  readonly #lineage: Lineage;
  readonly #steps = new Map<string, Step[]>();
  /** Whether the tracer's provider takes our ids. */
  readonly #areNamed: boolean;

  constructor(
    world: ObservedWorld,
    private readonly tracer: Tracer,
    private readonly ids: PlaceIds,
  ) {
    const now = world.now();
    this.#worldId = now.worldId;
    this.#areNamed = takesIds(tracer, ids);
    this.#lineage = new Lineage((seq) => readRecord(world, seq));
    for (const { hash, openedAt } of now.intents.range()) this.#lineage.addIntent(hash, openedAt);
  }

  add(record: JournalRecord): void {
    const { seq, input, entries } = record;
    const roots = this.#lineage.add(record);
    const name = nameOfRoot(input);
    if (name !== undefined && roots.input === seq) this.#emitRoot(record, name);
    for (const [i, entry] of entries.entries()) {
      this.#addEntry(entry, record, { seq, i, root: roots.entries[i] ?? seq });
    }
    this.#lineage.forget(record);
  }

  #addEntry(
    entry: Entry,
    record: JournalRecord,
    at: { seq: number; i: number; root: number },
  ): void {
    switch (entry.kind) {
      case 'plan-step': {
        const steps = this.#stepsOf(entry.instance);
        const name = `${entry.step} ${entry.outcome}`;
        if (steps.length < MAX_STEPS) steps.push({ name, atNs: record.stamp.nowNs });
        return;
      }
      case 'plan-ended':
        this.#emitPlan(entry, record);
        return;
      case 'settled':
        this.#emitEffect(entry, record);
        return;
      case 'state-changed':
      case 'reducer-fault':
        this.#emitCall(entry, record, at);
        return;
      default:
        return;
    }
  }

  #emitRoot({ seq, stamp }: JournalRecord, name: string): void {
    const place = { seq, i: null };
    const kind = SpanKind.CONSUMER;
    const span = { name, kind, place, root: seq, parent: undefined, attributes: {} };
    this.#emit({ ...span, start: stamp, end: stamp });
  }

  #emitCall(
    entry: Extract<Entry, { readonly kind: 'reducer-fault' | 'state-changed' }>,
    { stamp }: JournalRecord,
    { seq, i, root }: { readonly seq: number; readonly i: number; readonly root: number },
  ): void {
    const { reducer } = entry;
    this.#emit({
      name: `reduce ${reducer}`,
      kind: SpanKind.INTERNAL,
      ...{ place: { seq, i }, root, parent: { seq: root, i: null }, start: stamp, end: stamp },
      attributes: { 'aos.reducer': reducer },
      error: entry.kind === 'reducer-fault' ? entry.code : undefined,
    });
  }

  #emitPlan(
    entry: Extract<Entry, { readonly kind: 'plan-ended' }>,
    { stamp }: JournalRecord,
  ): void {
    const begun = this.#lineage.instance(entry.instance);
    const started = begun && entryOf(begun);
    const steps = this.#stepsOf(entry.instance);
    this.#steps.delete(printPlace(entry.instance));
    if (begun === undefined || started?.kind !== 'plan-started') return;
    const { place, root, record } = begun;
    const { plan, parent } = started;
    this.#emit({
      name: `plan ${plan}`,
      kind: SpanKind.INTERNAL,
      ...{ place, root, parent: parent ?? { seq: root, i: null }, start: record.stamp, end: stamp },
      attributes: { 'aos.plan': plan, 'aos.status': entry.status },
      error: entry.code ?? undefined,
      steps,
    });
  }

  #emitEffect(
    entry: Extract<Entry, { readonly kind: 'settled' }>,
    { input, stamp }: JournalRecord,
  ): void {
    const { intent, status } = entry;
    const begun = this.#lineage.intent(intent);
    const asked = begun && entryOf(begun);
    if (begun === undefined || asked?.kind !== 'intent') return;
    const { place, root, record } = begun;
    const { effect, origin, attempt, cap } = asked;
    const adapter = input.kind === 'receipt' ? { 'aos.adapter': input.receipt.adapterId } : {};
    this.#emit({
      name: `effect ${effect}`,
      kind: SpanKind.CLIENT,
      ...{ place, root, start: record.stamp, end: stamp },
      parent: 'plan' in origin ? origin.instance : { seq: root, i: null },
      attributes: {
        'aos.effect': effect,
        'aos.intent': toHashText(intent),
        'aos.cap': cap,
        'aos.attempt': attempt,
        'aos.status': status,
        ...adapter,
      },
      error: settledCode(entry, input),
    });
  }

  #emit({ name, kind, place, root, parent, start, end, attributes, error, steps }: SpanSpec): void {
    const traceId = traceIdOf(this.#worldId, root);
    const own = { traceId, spanId: spanIdOf(this.#worldId, place) };
    const world = toHashText(this.#worldId);
    const common = { 'aos.world': world, 'aos.place': printPlace(place), ...attributes };
    const options = { kind, startTime: hrTime(start.nowNs), attributes: common };
    const span = this.ids.with(own, () => {
      const isRoot = parent === undefined && this.#areNamed;
      if (isRoot) return this.tracer.startSpan(name, { ...options, root: true });
      const spanId = spanIdOf(this.#worldId, parent ?? { seq: root, i: null });
      const above = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
      return this.tracer.startSpan(name, options, trace.setSpanContext(ROOT_CONTEXT, above));
    });
    for (const step of steps ?? []) span.addEvent(step.name, hrTime(step.atNs));
    if (error !== undefined) {
      span.setAttribute('aos.code', error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: error });
    }
    // the wall clock may have been set back meanwhile, the world's own was not
    span.end(hrTime(start.nowNs + end.logicalNowNs - start.logicalNowNs));
  }

  #stepsOf(instance: Instance): Step[] {
    const name = printPlace(instance);
    const steps = this.#steps.get(name) ?? [];
    this.#steps.set(name, steps);
    return steps;
  }
}

/** Looks at a span that is never ended, and so never sent. */
function takesIds(tracer: Tracer, ids: PlaceIds): boolean {
  const wanted = { traceId: ids.generateTraceId(), spanId: ids.generateSpanId() };
  const span = ids.with(wanted, () => tracer.startSpan('probe', { root: true }));
  return span.spanContext().traceId === wanted.traceId;
}

/** Undefined for inputs that only let something go on. */
function nameOfRoot(input: Input): string | undefined {
  if (input.kind === 'event') return `event ${input.schema}`;
  return 'verb' in input ? `verb ${input.verb}` : undefined;
}

function entryOf({ record, place }: Begun): Entry | undefined {
  return record.entries[place.i];
}

function readRecord({ store }: ObservedWorld, seq: number): JournalRecord | undefined {
  const [bytes] = seq < store.first ? [] : store.records(seq);
  const record = bytes && decodeRecord(bytes);
  return record?.ok ? record.value : undefined;
}

function hrTime(ns: bigint): HrTime {
  return [Number(ns / NS_PER_S), Number(ns % NS_PER_S)];
}
