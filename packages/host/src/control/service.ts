/**
 * The control service of one world: what can be asked of it, answered in this process. A socket and
 * a message port are two ways to get here.
 *
 * S1 Whatever is asked, the world goes on: refusals are answers, faults of the outside reject, and
 *    a defect met while answering stays with who asked.
 * S2 Every question has a bound: pages, places, waits.
 * S3 A stream does nothing while nobody asks it for an item, and ends when it is left.
 */
import { ok, RefusalError, type Result } from '@aos/canon';
import {
  type ControlArgs,
  type ControlItem,
  type ControlResult,
  type ControlStream,
  type ControlVerb,
  isControlStream,
  isControlVerb,
  type PlainValue,
  parseControlArgs,
  type WorldAccess,
} from '@aos/protocol';
import { untilDurable } from './durability.js';
import { JournalIndex } from './journal-index.js';
import { PastWorlds } from './past-worlds.js';
import { streamTable, type VerbPorts, verbTable } from './verb-table.js';
import { type ControlOptions, ControlView, refusal, shown } from './view.js';

export class ControlService implements WorldAccess {
  readonly #ports: VerbPorts;

  /** Use {@link openControl}. */
  constructor(options: ControlOptions) {
    const view = new ControlView(options);
    this.#ports = { view, past: new PastWorlds(view), index: new JournalIndex(view) };
  }

  /** Once `signal` is aborted nobody waits for the answer any more. */
  async call<V extends ControlVerb>(
    verb: V,
    args: ControlArgs<V>,
    signal?: AbortSignal,
  ): Promise<Result<ControlResult<V>>> {
    const parsed = parseControlArgs(verb, args);
    if (!parsed.ok) return parsed;
    try {
      return ok(await verbTable[verb](this.#ports, parsed.value, signal));
    } catch (error) {
      if (error instanceof RefusalError) return { ok: false, refusal: error.refusal };
      throw error;
    }
  }

  stream<V extends ControlStream>(verb: V, args: ControlArgs<V>): AsyncIterable<ControlItem<V>> {
    return { [Symbol.asyncIterator]: () => this.#open(verb, args) };
  }

  /** A verb by whatever name and arguments came from elsewhere. Code: `control-verb`. */
  async answer(verb: string, args: PlainValue, signal?: AbortSignal): Promise<Result<PlainValue>> {
    if (!isControlVerb(verb)) return { ok: false, refusal: unknownVerb(verb).refusal };
    // every result is made of plain values
    return (await this.call(verb, args as never, signal)) as Result<PlainValue>;
  }

  /**
   * Resolves when a question about the world from some record on can be answered, at once for any
   * other; rejects as its answer would.
   */
  async untilReady(verb: ControlVerb, args: PlainValue, signal: AbortSignal): Promise<void> {
    const parsed = parseControlArgs(verb, args as never);
    // what is wrong with it is said by the answer
    if (!parsed.ok || !('at' in parsed.value)) return;
    const { at, timeoutMs } = parsed.value;
    if (at.kind !== 'at_least') return;
    await untilDurable(this.#ports.view, at.seq, { timeoutMs, signal });
  }

  /** A stream by whatever name and arguments came from elsewhere, or `undefined`. */
  openStream(verb: string, args: PlainValue): AsyncIterator<PlainValue> | undefined {
    if (!isControlStream(verb)) return undefined;
    return this.#open(verb, args as never) as AsyncIterator<PlainValue>;
  }

  /** Forgets what it kept for later questions. The world is whose it was. */
  async close(): Promise<void> {
    this.#ports.past.close();
    this.#ports.index.close();
  }

  /** Leaving it ends it at once, also while it waits for what may never come. */
  #open<V extends ControlStream>(verb: V, args: ControlArgs<V>): AsyncIterator<ControlItem<V>> {
    const left = new AbortController();
    let items: AsyncIterator<ControlItem<V>> | undefined;
    const open = () => {
      const parsed = parseControlArgs(verb, args);
      if (!parsed.ok) throw new RefusalError(parsed.refusal);
      return streamTable[verb](this.#ports, parsed.value, left.signal);
    };
    return {
      next: async () => {
        if (left.signal.aborted) return { done: true, value: undefined };
        items ??= open();
        return items.next();
      },
      return: async () => {
        left.abort();
        await items?.return?.();
        return { done: true, value: undefined };
      },
    };
  }
}

/** The service of a living world, or of one that is only read. */
export function openControl(options: ControlOptions): ControlService {
  return new ControlService(options);
}

function unknownVerb(verb: string) {
  return refusal('control-verb', '/verb', `no verb '${shown(verb)}' is known here`);
}
