/**
 * The step: one admitted input in; next world, one record and the objects it needs out.
 *
 * 1. Pure and synchronous: the same (world, input, stamp) give the same bytes.
 * 2. Run to completion: everything the input causes is in this one record, in order.
 * 3. Bounded: a call whose events would bring the record over `calls_per_step` faults with
 *    `cascade-limit`, over `emitted_bytes` with `emission-limit`. The routes of the input itself
 *    are the manifest's doing and not limited.
 * 4. A module that is not in memory is asked for (`need`), and then nothing has happened.
 *
 * Deliberately absent: clocks, stores, WASM engines; they come in as a stamp and ports.
 */
import { wrapVariant } from '@aos/air';
import { assert, type Hash, utf8 } from '@aos/canon';
import {
  type Cause,
  carryValue,
  chainOf,
  type Engine,
  type Entry,
  encodeRecord,
  type JournalRecord,
  type Stamp,
  type StoredObject,
} from '@aos/protocol';
import type { AdmittedEvent } from '../admit/admit.js';
import { type CallResult, callReducer, type DerivedEvent, faultOf } from '../reducers/call.js';
import type { Cell, World } from '../world/world.js';

export interface StepDone {
  readonly kind: 'done';
  readonly world: World;
  readonly record: JournalRecord;
  /** Canonical bytes of `record`. */
  readonly bytes: Uint8Array;
  /** Values too large for the record; to be stored in the same commit. */
  readonly objects: readonly StoredObject[];
}

export type StepOutcome = StepDone | { readonly kind: 'need'; readonly hashes: readonly Hash[] };

/** Runs one admitted input to completion. Throws a Defect when the stamp goes back in time. */
export function step(
  world: World,
  input: AdmittedEvent,
  stamp: Stamp,
  engine: Engine,
): StepOutcome {
  assert(stamp.logicalNowNs >= world.logicalNowNs, 'logical time must not go back');
  const run = new Run(world, stamp, engine);
  const { carried, object } = carryValue(input.value);
  if (object !== undefined) run.objects.push(object);
  run.enqueue(input, null);
  if (!run.drain()) return { kind: 'need', hashes: run.missing };
  const record: JournalRecord = {
    seq: world.seq,
    fuel: run.fuel,
    prev: world.chain,
    input: { kind: 'event', schema: input.schema, value: carried },
    stamp,
    entries: run.entries,
  };
  const bytes = encodeRecord(record);
  const next: World = {
    ...world,
    seq: world.seq + 1,
    chain: chainOf(bytes),
    logicalNowNs: stamp.logicalNowNs,
    lastWallNs: stamp.nowNs,
    cells: run.cells,
  };
  return { kind: 'done', world: next, record, bytes, objects: run.objects };
}

interface Queued {
  readonly event: AdmittedEvent;
  readonly cause: Cause;
}

/** The working state of one step; it lives no longer than the call of {@link step}. */
class Run {
  readonly entries: Entry[] = [];
  readonly objects: StoredObject[] = [];
  readonly missing: Hash[] = [];
  cells: readonly (Cell | null)[];
  fuel = 0;
  readonly #queue: Queued[] = [];
  #calls = 0;
  #scheduled = 0;
  #emittedBytes = 0;

  constructor(
    private readonly world: World,
    private readonly stamp: Stamp,
    private readonly engine: Engine,
  ) {
    this.cells = world.cells;
  }

  enqueue(event: AdmittedEvent, cause: Cause): void {
    this.#queue.push({ event, cause });
    this.#scheduled += this.#routes(event.schema).length;
  }

  /** Delivers queued events until none is left; false when a module is missing. */
  drain(): boolean {
    for (let next = 0; next < this.#queue.length; next++) {
      const queued = this.#queue[next] as Queued;
      for (const route of this.#routes(queued.event.schema)) {
        if (!this.#deliver(queued, route.reducer, route.wrap)) return false;
      }
    }
    return true;
  }

  #routes(schema: string) {
    return this.world.definition.routesOf(schema);
  }

  #deliver({ event, cause }: Queued, index: number, wrap: string | undefined): boolean {
    const reducer = this.world.definition.reducers[index];
    assert(reducer !== undefined, 'a route names a reducer of the definition');
    if (!this.engine.has(reducer.wasmHash)) {
      this.missing.push(reducer.wasmHash);
      return false;
    }
    const value = wrap === undefined ? event.value : wrapVariant(wrap, event.value);
    const place = { stamp: this.stamp, seq: this.world.seq, callIndex: this.#calls++ };
    const cell = this.cells[index] ?? null;
    const call = { reducer, cell, event: { schema: reducer.event.name, value }, place };
    const result = this.#bounded(callReducer(this.world, call, this.engine));
    this.fuel += result.fuel;
    const entry = { cause, reducer: reducer.name, key: null };
    if (result.kind === 'fault') {
      const { code, fuel } = result;
      this.entries.push({ kind: 'reducer-fault', ...entry, code, fuel });
      return true;
    }
    if (result.cell !== cell) this.#changeState(index, entry, result.cell);
    for (const derived of result.events) this.#emit(derived, cause);
    return true;
  }

  #bounded(result: CallResult): CallResult {
    if (result.kind === 'fault' || result.events.length === 0) return result;
    const { calls_per_step, emitted_bytes } = this.world.genesis.runtime.limits;
    let calls = this.#scheduled;
    let bytes = this.#emittedBytes;
    for (const event of result.events) {
      calls += this.#routes(event.schema).length;
      bytes += emittedSize(event);
    }
    if (calls > calls_per_step) return faultOf(this.world, 'cascade-limit');
    if (bytes > emitted_bytes) return faultOf(this.world, 'emission-limit');
    this.#emittedBytes = bytes;
    return result;
  }

  #changeState(
    index: number,
    entry: { cause: Cause; reducer: string; key: null },
    cell: Cell | null,
  ): void {
    const before = this.cells[index]?.hash ?? null;
    this.entries.push({ kind: 'state-changed', ...entry, before, after: cell?.hash ?? null });
    this.cells = this.cells.with(index, cell);
  }

  #emit(event: DerivedEvent, cause: Cause): void {
    const { carried, object } = carryValue(event.value);
    if (object !== undefined) this.objects.push(object);
    const entry = { kind: 'domain-event' as const, cause, schema: event.schema, value: carried };
    this.entries.push(event.key === undefined ? entry : { ...entry, key: event.key });
    this.enqueue(event, this.entries.length - 1);
  }
}

/**
 * What an emitted event counts towards `emitted_bytes`: at least what its entry and object take.
 */
function emittedSize(event: DerivedEvent): number {
  return event.value.length + (event.key?.length ?? 0) + utf8(event.schema).length + ENTRY_BYTES;
}

const ENTRY_BYTES = 64;
