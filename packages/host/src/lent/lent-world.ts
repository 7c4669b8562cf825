/** The world as it is lent to adapters whose effects are about it. */
import { encode, type Hash, type Result, utf8 } from '@aos/canon';
import { ObjectsNeeded, readCell, type World } from '@aos/kernel';
import {
  type Adapter,
  AosFault,
  type BindAdapter,
  decodeRecord,
  isReducerOrigin,
  type LentAck,
  type LentEvent,
  type LentView,
  type ReceiptInput,
  type WorldPort,
  type WorldStore,
} from '@aos/protocol';
import type { HostEngine } from '../world/host-engine.js';
import { loadParts, objectsMissing, worldAtSnapshot } from '../world/load-world.js';
import type { WorldHost } from '../world-host.js';
import { lookAt, type Page } from './lent-views.js';

const SLICE_RECORDS = 256;

export interface LentParts {
  readonly store: WorldStore;
  readonly engine: HostEngine;
  /** Asked when an effect comes: the host is made after its adapters. */
  readonly host: () => Pick<WorldHost, 'read' | 'submit'>;
}

/** Adapters that were bound to a world, in place of those that serve the same kinds. */
export function withBound(
  adapters: readonly Adapter[],
  bound: readonly BindAdapter[],
  parts: LentParts,
): readonly Adapter[] {
  const served = new Set(adapters.flatMap(({ kinds }) => kinds));
  const port = new LentWorld(parts);
  const own = bound.map((bind) => bind(port));
  return [...adapters, ...own.filter(({ kinds }) => !kinds.some((kind) => served.has(kind)))];
}

class LentWorld implements WorldPort {
  #past: { readonly seq: number; readonly world: World } | undefined;

  constructor(private readonly parts: LentParts) {}

  state(reducer: string, key?: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#read(({ program, cells }) => {
      const found = program.reducersByName.get(reducer);
      const table = found && cells[found.index];
      if (found === undefined || table === undefined) throw reducerUnknown(reducer);
      return readCell(table, keyOf(found.definition, key))?.state;
    });
  }

  async submit({ schema, value, dedup }: LentEvent): Promise<Result<LentAck>> {
    const raw = { kind: 'event', schema, cbor: value, dedup } as const;
    return this.parts.host().submit(raw);
  }

  hasTaken(dedup: string): Promise<boolean> {
    return this.#read((world) => world.dedup.items.get(utf8(dedup)) !== undefined);
  }

  askedBy(intent: Hash): Promise<string> {
    return this.#read(({ intents }) => {
      const origin = intents.get(intent)?.waiters[0];
      if (origin === undefined) return 'world:';
      return `world:${isReducerOrigin(origin) ? origin.reducer : origin.plan}`;
    });
  }

  async *receipts(adapterId: string, records: number): AsyncGenerator<Uint8Array, void, void> {
    const { store } = this.parts;
    const last = store.durable;
    const first = Math.max(store.first, last + 1 - records);
    for (let end = last + 1; end > first; end -= SLICE_RECORDS) {
      const from = Math.max(first, end - SLICE_RECORDS);
      for (const receipt of receiptsIn(store, from, end)) {
        const { adapterId: id, status } = receipt.receipt;
        if (id !== adapterId || status !== 'ok') continue;
        const { inline, ref } = receipt.payload;
        const payload = inline ?? store.object(ref as Hash);
        if (payload !== undefined) yield payload;
      }
      // the world goes on beside it
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  look(path: readonly string[], page: Page): Promise<LentView | undefined> {
    return this.#read((world) => {
      const { store } = this.parts;
      const seqs = store.snapshots.map(({ seq }) => seq).filter((seq) => seq <= store.durable);
      return lookAt(world, { seqs, open: (seq) => this.#open(seq) }, path, page);
    });
  }

  /** The last one that was asked for is kept. */
  #open(seq: number): World | undefined {
    if (this.#past?.seq === seq) return this.#past.world;
    const { store, engine } = this.parts;
    const mark = store.snapshots.find((each) => each.seq === seq);
    const opened = mark && worldAtSnapshot(loadParts(store, engine), mark);
    if (opened?.ok !== true) return undefined;
    this.#past = { seq, world: opened.value };
    return opened.value;
  }

  async #read<T>(look: (world: World) => T): Promise<T> {
    // the host may be opening, and then it is not there yet
    await undefined;
    try {
      return await this.parts.host().read(look);
    } catch (error) {
      throw error instanceof ObjectsNeeded ? objectsMissing(error.hashes) : error;
    }
  }
}

function keyOf(
  {
    keySchema,
  }: { readonly keySchema?: { normalizeCbor(bytes: Uint8Array): Result<Uint8Array> } | undefined },
  key: Uint8Array | undefined,
): Uint8Array | null {
  if (keySchema === undefined) return null;
  const normal = keySchema.normalizeCbor(key ?? encode(null));
  if (normal.ok) return normal.value;
  const { code, detail } = normal.refusal;
  throw new AosFault(code, detail, { retry: 'never' });
}

function receiptsIn(store: WorldStore, from: number, end: number): readonly ReceiptInput[] {
  const found: ReceiptInput[] = [];
  let seq = from;
  for (const bytes of store.records(from)) {
    if (seq === end) break;
    const record = decodeRecord(bytes);
    if (record.ok && record.value.input.kind === 'receipt') found.push(record.value.input);
    seq += 1;
  }
  return found.reverse();
}

function reducerUnknown(name: string): AosFault {
  const message = `the world has no reducer ${name}; list it among its modules`;
  return new AosFault('reducer-unknown', message, { retry: 'never' });
}
