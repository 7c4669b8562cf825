/**
 * Where the receipts of a run come from.
 *
 * 1. An effect that was asked for in the past, by the same origin, of the same kind and with the
 *    same parameters, is answered as it was then, and when it was.
 * 2. Any other by the first script that fits, else by the least value of its receipt schema.
 * 3. Each receipt of the past answers one effect; of equal ones the oldest comes first.
 */
import { bytesEqual, encode, type Hash, sha256, toHex } from '@aos/canon';
import {
  isReducerOrigin,
  type JournalRecord,
  type ObjectReader,
  type Origin,
  type ReceiptStatus,
} from '@aos/protocol';
import type { RawReceipt } from '../../admit/admitted.js';
import type { OpenIntent } from '../../gate/open-intent.js';
import { ObjectsNeeded } from '../../trie/objects-needed.js';
import type { World } from '../../world/world.js';

/** An answer that somebody gives for the case that an effect is asked for. */
export interface ScriptedReceipt {
  /** Kind of the effect. */
  readonly effect: string;
  /** The reducer, or the plan and its step as `plan/step`; whoever asks when absent. */
  readonly origin?: string;
  /** Canonical; whatever is asked for when absent. */
  readonly params?: Uint8Array;
  readonly status: ReceiptStatus;
  /** CBOR of the receipt schema when the status is ok, else of `sys/EffectError@1`. */
  readonly payload: Uint8Array;
  readonly costCents?: bigint;
}

/** Who asks, whatever instance or record it is. */
export function originName(origin: Origin): string {
  if (!isReducerOrigin(origin)) return `${origin.plan}/${origin.step}`;
  return origin.key === null ? origin.reducer : `${origin.reducer} ${toHex(origin.key)}`;
}

type Asked = Pick<OpenIntent, 'effect' | 'params'> & { readonly origin: Origin };

/** The effects of the window, and those that were open when it began. */
export class RecordedEffects {
  /** Intents of the past that nothing is bound to yet, by what was asked, oldest first. */
  readonly #unbound = new Map<string, Hash[]>();
  /** Intents of the run, by those of the past. */
  readonly #bound = new Map<string, Hash>();
  /** What has come of intents of the past so far that nothing was bound to. */
  readonly #early = new Map<string, RawReceipt>();

  /** Throws ObjectsNeeded. */
  constructor(world: World, records: Iterable<JournalRecord>, object: ObjectReader) {
    for (const { hash } of world.intents.range()) this.#bound.set(toHex(hash), hash);
    for (const { entries } of records) {
      for (const entry of entries) {
        if (entry.kind !== 'intent') continue;
        const params = entry.params.inline ?? object(entry.params.ref);
        if (params === undefined) throw new ObjectsNeeded([entry.params.ref as Hash]);
        const key = keyOf({ ...entry, params });
        const list = this.#unbound.get(key);
        if (list === undefined) this.#unbound.set(key, [entry.intent]);
        else list.push(entry.intent);
      }
    }
  }

  /** Binds an intent of the run to one of the past; false when nobody asked this then. */
  bind({ hash, effect, params, waiters }: OpenIntent): boolean {
    const [origin] = waiters;
    if (origin === undefined) return false;
    const past = this.#unbound.get(keyOf({ effect, params, origin }))?.shift();
    if (past === undefined) return false;
    this.#bound.set(toHex(past), hash);
    return true;
  }

  /** As {@link bind}, to the very same intent where the past asked for that. */
  bindAlike(intent: OpenIntent): boolean {
    const [origin] = intent.waiters;
    const list = origin && this.#unbound.get(keyOf({ ...intent, origin }));
    const at = list?.findIndex((past) => bytesEqual(past, intent.hash)) ?? -1;
    if (list === undefined || at < 0) return this.bind(intent);
    list.splice(at, 1);
    this.#bound.set(toHex(intent.hash), intent.hash);
    return true;
  }

  /** The intent of the run that one of the past is bound to. */
  boundTo(past: Hash): Hash | undefined {
    return this.#bound.get(toHex(past));
  }

  /** A receipt of the past that came before what it answers was asked for in this run. */
  keep(receipt: RawReceipt): void {
    this.#early.set(toHex(receipt.receipt.intentHash), receipt);
  }

  /** Receipts of the past that nothing in the run has asked for. */
  get left(): number {
    return this.#early.size;
  }

  /** Takes the receipt that has come already for an intent of the run. */
  takeEarly(intent: Hash): RawReceipt | undefined {
    for (const [past, receipt] of this.#early) {
      const bound = this.#bound.get(past);
      if (bound === undefined || toHex(bound) !== toHex(intent)) continue;
      this.#early.delete(past);
      return receipt;
    }
    return undefined;
  }
}

/** The script that answers an intent. */
export function findScript(
  scripts: readonly ScriptedReceipt[],
  { effect, params, waiters }: OpenIntent,
): ScriptedReceipt | undefined {
  const [origin] = waiters;
  const name = origin === undefined ? '' : originName(origin);
  return scripts.find(
    (script) =>
      script.effect === effect &&
      (script.origin === undefined || script.origin === name) &&
      (script.params === undefined || toHex(script.params) === toHex(params)),
  );
}

function keyOf({ origin, effect, params }: Asked): string {
  return toHex(sha256(encode([originName(origin), effect, params])));
}
