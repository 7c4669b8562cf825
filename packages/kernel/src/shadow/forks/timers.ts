/** Timers of a fork whose time goes on: which are open, when each is due, and how it answers. */
import type { CompiledSchema } from '@aos/air';
import { decode, type Encodable, encode, type Hash, toHex, type Value } from '@aos/canon';
import type { OpenIntent } from '../../gate/open-intent.js';
import { leastValue } from './synthetic.js';

const TIMER = 'timer.set';

export interface DueTimer {
  readonly intent: Hash;
  readonly dueNs: bigint;
}

export class ForkTimers {
  readonly #open = new Map<string, DueTimer>();

  /** Whether the intent is a timer; then it is waited for. */
  add(intent: OpenIntent): boolean {
    const dueNs = intent.effect === TIMER ? dueOf(paramsOf(intent)) : undefined;
    if (dueNs === undefined) return false;
    this.#open.set(toHex(intent.hash), { intent: intent.hash, dueNs });
    return true;
  }

  /** The one that is due first. */
  get first(): DueTimer | undefined {
    let first: DueTimer | undefined;
    for (const timer of this.#open.values()) {
      if (first === undefined || timer.dueNs < first.dueNs) first = timer;
    }
    return first;
  }

  remove({ intent }: DueTimer): void {
    this.#open.delete(toHex(intent));
  }
}

/** What a timer says that fired when it was due. */
export function firedValue(schema: CompiledSchema, intent: OpenIntent): Uint8Array {
  const least = leastValue(schema);
  const params = paramsOf(intent);
  const decoded = decode(least);
  if (!decoded.ok || !(decoded.value instanceof Map) || params === undefined) return least;
  const fired = new Map<Value, Value>(decoded.value);
  if (fired.has('delivered_at_ns')) fired.set('delivered_at_ns', params.get('deliver_at_ns') ?? 0);
  if (fired.has('key')) fired.set('key', params.get('key') ?? null);
  const normal = schema.normalizeCbor(encode(fired as Encodable));
  return normal.ok ? normal.value : least;
}

function paramsOf({ params }: OpenIntent): ReadonlyMap<Value, Value> | undefined {
  const decoded = decode(params);
  return decoded.ok && decoded.value instanceof Map ? decoded.value : undefined;
}

function dueOf(params: ReadonlyMap<Value, Value> | undefined): bigint | undefined {
  const due = params?.get('deliver_at_ns');
  return typeof due === 'number' || typeof due === 'bigint' ? BigInt(due) : undefined;
}
