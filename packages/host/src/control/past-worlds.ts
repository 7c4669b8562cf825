/**
 * Worlds of the past: the world right after one of its records, replayed from the nearest snapshot
 * or from genesis.
 *
 * P1 Replays go in slices, so that the living world goes on beside them, one after the other.
 * P2 The last world is kept for the next question about it; nothing else is.
 */
import { ObjectsNeeded, type World } from '@aos/kernel';
import { AosFault, type StateAt } from '@aos/protocol';
import { nearestSnapshot, replayTo, startBefore } from '../world/heights.js';
import { loadParts, objectsMissing, type WorldParts } from '../world/load-world.js';
import { judgePorts } from '../world/open-world.js';
import { recordUnknown, untilDurable } from './durability.js';
import type { ControlView } from './view.js';

/** Records replayed before others get their turn: some milliseconds. */
const SLICE_RECORDS = 256;
/** Questions that may wait for theirs. */
const MAX_WAITING = 16;

export class PastWorlds {
  #last: { readonly seq: number; readonly world: World } | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  constructor(private readonly view: ControlView) {}

  /**
   * The world after record `seq`. Codes: `record-unknown`; faults: `control-busy`,
   * `world-diverged`, `object-missing`.
   */
  async after(seq: number): Promise<World> {
    if (seq > this.view.head) throw recordUnknown(this.view, seq);
    if (this.#last?.seq === seq) return this.#last.world;
    if (this.#waiting >= MAX_WAITING) throw busy();
    this.#waiting += 1;
    const turn = this.#queue.then(() => this.#replayTo(seq));
    this.#queue = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#last = undefined;
  }

  async #replayTo(seq: number): Promise<World> {
    if (this.#last?.seq === seq) return this.#last.world;
    const { store, engine } = this.view.options;
    const parts = loadParts(store, engine);
    const ports = judgePorts(parts);
    let world = this.#startFor(seq, parts);
    while (world.seq <= seq) {
      const end = Math.min(seq, world.seq + SLICE_RECORDS - 1);
      world = replayTo(world, end, ports, store);
      if (this.#isClosed) throw busy();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#last = { seq, world };
    return world;
  }

  /** The last one, a snapshot or genesis, whichever is nearest. */
  #startFor(seq: number, parts: WorldParts): World {
    const last = this.#last;
    const snapshotSeq = nearestSnapshot(parts.store, seq)?.seq ?? -1;
    if (last !== undefined && last.seq <= seq && last.seq >= snapshotSeq) return last.world;
    return startBefore(parts, seq);
  }
}

/** Which moment a question is about, and how long it may wait for it. */
interface AskedMoment {
  readonly at: StateAt;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * What `look` sees in the world of a moment: of now, of now once a record is durable, or right
 * after a record. Codes: `record-unknown`, `record-awaited`.
 */
export async function readAt<T>(
  view: ControlView,
  past: PastWorlds,
  moment: AskedMoment,
  look: (world: World) => T,
): Promise<T> {
  const { at } = moment;
  if (at.kind === 'at_least') await untilDurable(view, at.seq, moment);
  if (at.kind !== 'exact') return view.read(look);
  try {
    return look(await past.after(at.seq));
  } catch (error) {
    throw error instanceof ObjectsNeeded ? objectsMissing(error.hashes) : error;
  }
}

function busy(): AosFault {
  const message = 'too many questions about the past wait for their turn; ask again';
  return new AosFault('control-busy', message, { retry: 'later' });
}
