/**
 * What every journal keeps to, found out from the records alone, without the kernel.
 *
 * 1. A cause is there before what it causes.
 * 2. A cell changes from what it was: the hashes of a cell make one line, which ends in the world.
 * 3. An intent is decided, opened and settled in this order, and settled once at most; what was
 *    denied is never opened. One that has settled opens again only when the window of those that
 *    are remembered has gone over it.
 * 4. A call that faults leaves nothing but its fault, and the decision that denied it.
 * 5. An instance ends once, and does nothing afterwards; at rest, what still runs waits.
 * 6. What came under a dedup id does not come again, until the window has gone over it.
 * 7. What ends by time does not end before its time.
 * 8. An epoch leaves no intent open.
 */
import { type Hash, toHex } from '@aos/canon';
import { type CellTable, listCells, type World } from '@aos/kernel';
import {
  type Cause,
  type Entry,
  type Genesis,
  type Instance,
  type JournalRecord,
  parseVerb,
  type SignedVerbInput,
} from '@aos/protocol';

type EntryOf<K extends Entry['kind']> = Extract<Entry, { readonly kind: K }>;

type IntentState = 'open' | 'settled' | 'abandoned';

export class JournalLaws {
  /** Intents that the world still has to know as settled, oldest first. */
  private readonly remembered: string[] = [];
  private settledWindow: number;
  /** Dedup ids that the world still has to know, oldest first. */
  private readonly heard = new Set<string>();
  private dedupWindow: number;

  /** Entries of each record that was seen. */
  private readonly sizes: number[] = [];
  private readonly cells = new Map<string, string>();
  private readonly intents = new Map<string, IntentState>();
  private readonly decided = new Set<string>();
  /** Logical time before which an intent does not end by time, and a request to people neither. */
  private readonly deadlines = new Map<string, bigint>();
  private readonly expiries = new Map<string, bigint>();
  private readonly instances = new Map<string, 'running' | 'ended'>();
  /** Steps that wait, by instance. */
  private readonly waiting = new Map<string, Set<string>>();

  constructor(genesis: Genesis) {
    this.settledWindow = genesis.runtime.limits.settled_window;
    this.dedupWindow = genesis.runtime.limits.dedup_window;
  }

  /** Takes the next record; throws with what it breaks. */
  check(record: JournalRecord): void {
    const place = this.sizes.length;
    if (record.seq !== place) throw new Error(`record ${record.seq} stands at ${place}`);
    this.hear(record);
    record.entries.forEach((entry, i) => {
      try {
        this.checkCause(entry.cause, place, i);
        this.apply(entry, place, i);
        this.checkTime(entry, record);
      } catch (error) {
        throw new Error(`entry ${i} of record ${place}, ${entry.kind}: ${String(error)}`);
      }
    });
    this.sizes.push(record.entries.length);
    if ('verb' in record.input) this.upgrade(record.input);
    if (record.input.kind === 'control' && record.input.verb === 'epoch')
      this.checkAbandoned(place);
  }

  /** Throws when a world, all of it in memory, has other cells than its journal tells of. */
  checkCells({ program, cells, retired }: World): void {
    const left = new Map(this.cells);
    const tables = [
      ...program.definition.reducers.map(({ name }, i) => ({ name, table: cells[i] as CellTable })),
      ...retired.map(({ reducer, cells: table }) => ({ name: reducer, table })),
    ];
    for (const { name, table } of tables) {
      const found = listCells(table, { limit: left.size + 1 });
      for (const { key, hash } of found) {
        const cell = nameOfCell(name, key);
        if (left.get(cell) !== toHex(hash))
          throw new Error(`the cell ${cell} is not as it changed`);
        left.delete(cell);
      }
    }
    for (const cell of left.keys()) throw new Error(`the cell ${cell} is gone`);
  }

  /** Throws when an instance still runs at rest and waits for nothing. */
  checkRest(): void {
    for (const [id, state] of this.instances) {
      const isWaiting = (this.waiting.get(id)?.size ?? 0) > 0;
      if (state === 'running' && !isWaiting) throw new Error(`the instance ${id} hangs`);
    }
  }

  private checkTime(entry: Entry, { stamp }: JournalRecord): void {
    if (entry.kind === 'intent') this.await(this.deadlines, entry.intent, entry.deadlineNs);
    else if (entry.kind === 'approval-requested')
      this.await(this.expiries, entry.intent, entry.expiresNs);
    const isTimeout = entry.kind === 'settled' && entry.code === 'effect-timeout';
    const isExpired = entry.kind === 'decision' && entry.code === 'approval-expired';
    if (!isTimeout && !isExpired) return;
    const dueNs = (isTimeout ? this.deadlines : this.expiries).get(toHex(entry.intent));
    if (dueNs === undefined || stamp.logicalNowNs < dueNs)
      throw new Error(`ends at ${stamp.logicalNowNs}, and its time is ${dueNs}`);
  }

  private await(times: Map<string, bigint>, intent: Hash, ns: bigint | undefined): void {
    if (ns === undefined) times.delete(toHex(intent));
    else times.set(toHex(intent), ns);
  }

  private checkAbandoned(seq: number): void {
    for (const [intent, state] of this.intents)
      if (state === 'open') throw new Error(`the epoch of record ${seq} leaves ${intent} open`);
  }

  private hear({ seq, input }: JournalRecord): void {
    if (input.kind !== 'event' || input.dedup === undefined) return;
    if (this.heard.has(input.dedup))
      throw new Error(`record ${seq} comes again under the dedup id ${input.dedup}`);
    this.heard.add(input.dedup);
    this.forgetHeard();
  }

  private forgetHeard(): void {
    for (const id of this.heard) {
      if (this.heard.size <= this.dedupWindow) return;
      this.heard.delete(id);
    }
  }

  private checkCause(cause: Cause, seq: number, i: number): void {
    if (cause === null) return;
    if (typeof cause === 'number') {
      if (cause >= i) throw new Error(`cause ${cause} is not before it`);
      return;
    }
    const size = this.sizes[cause.seq];
    if (size === undefined || cause.seq >= seq) throw new Error(`cause in record ${cause.seq}`);
    if (cause.i !== null && cause.i >= size) throw new Error(`cause ${cause.i} of ${cause.seq}`);
  }

  private apply(entry: Entry, seq: number, i: number): void {
    if (entry.kind === 'state-changed') this.changeCell(entry);
    else if (entry.kind === 'decision') this.decide(entry);
    else if (entry.kind === 'intent') this.openIntent(entry);
    else if (entry.kind === 'settled') this.close(entry.intent, 'settled');
    else if (entry.kind === 'dropped') this.drop(entry);
    else if (entry.kind === 'plan-started') this.instances.set(nameOf({ seq, i }), 'running');
    else if (entry.kind === 'plan-ended') this.endInstance(entry.instance);
    else if (entry.kind === 'plan-step') this.changeStep(entry);
    else if (entry.kind === 'plan-result') this.checkRunning(entry.instance);
  }

  private changeCell({ reducer, key, before, after, ann }: EntryOf<'state-changed'>): void {
    const name = nameOfCell(reducer, key);
    const was = this.cells.get(name) ?? null;
    if (was !== hexOf(before)) throw new Error(`changes from ${hexOf(before)}, it was ${was}`);
    if (was === hexOf(after) && ann === undefined) throw new Error('changes nothing');
    if (after === null) this.cells.delete(name);
    else this.cells.set(name, toHex(after));
  }

  private openIntent({ intent }: EntryOf<'intent'>): void {
    const hash = toHex(intent);
    const state = this.intents.get(hash);
    const isKnown = state === 'open' || this.remembered.includes(hash);
    if (isKnown) throw new Error(`the intent is ${state} already`);
    if (!this.decided.has(hash)) throw new Error('nothing has let the intent through');
    this.intents.set(hash, 'open');
  }

  private decide({ intent, outcome, code }: EntryOf<'decision'>): void {
    if ((outcome === 'deny') !== (code !== null))
      throw new Error('a denial, and only it, has a code');
    if (outcome !== 'deny') this.decided.add(toHex(intent));
  }

  private drop({ code, intent }: EntryOf<'dropped'>): void {
    if (code === 'intent-abandoned' && intent !== undefined) this.close(intent, 'abandoned');
  }

  private close(intent: Hash, end: IntentState): void {
    const state = this.intents.get(toHex(intent));
    if (state !== 'open') throw new Error(`ends an intent that is ${state ?? 'unknown'}`);
    this.intents.set(toHex(intent), end);
    if (end === 'abandoned') return;
    this.remembered.push(toHex(intent));
    while (this.remembered.length > this.settledWindow) this.remembered.shift();
  }

  private upgrade({ verb, args }: SignedVerbInput): void {
    const parsed = parseVerb(verb, args);
    if (!parsed.ok || parsed.value.verb !== 'runtime-upgrade') return;
    const { limits } = parsed.value.runtime;
    this.settledWindow = limits.settled_window;
    this.dedupWindow = limits.dedup_window;
    this.forgetHeard();
  }

  private changeStep({ instance, step, outcome }: EntryOf<'plan-step'>): void {
    this.checkRunning(instance);
    const steps = this.waiting.get(nameOf(instance)) ?? new Set();
    this.waiting.set(nameOf(instance), steps);
    if (outcome === 'waiting') steps.add(step);
    else steps.delete(step);
  }

  private endInstance(instance: Instance): void {
    this.checkRunning(instance);
    this.instances.set(nameOf(instance), 'ended');
  }

  private checkRunning(instance: Instance): void {
    const state = this.instances.get(nameOf(instance));
    if (state !== 'running') throw new Error(`an instance that is ${state ?? 'unknown'} goes on`);
  }
}

const nameOfCell = (reducer: string, key: Uint8Array | null) =>
  `${reducer} ${key === null ? '-' : toHex(key)}`;
const nameOf = ({ seq, i }: Instance) => `${seq} ${i}`;
const hexOf = (hash: Hash | null) => (hash === null ? null : toHex(hash));
