/** A thousand worlds of one process: one engine, one set of adapters, and each goes its own way. */
import { TimerAdapter } from '@aos/adapters-timer';
import { bytesEqual, encode, type Hash, toHex } from '@aos/canon';
import { openWorldHost, SharedDefinitions, verifyWorld, type WorldHost } from '@aos/host';
import {
  type Adapter,
  type CancelSignal,
  decodeGenesis,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  encodeGenesis,
  failedOutcome,
} from '@aos/protocol';
import { createMemoryStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { describe, expect, it } from 'vitest';
import { answerAsked, foundAsking, order } from './asking-world.js';
import { makeSigner, operator } from './counter-world.js';

const WORLDS = 1000;
/** One in so many is asked for what its adapter never answers. */
const STUCK_EVERY = 50;

const LEFT = encode({ n: 13 });

/** Answers for all worlds; orders of 13 it leaves open until it is called off. */
class Shared implements Adapter {
  readonly id = 'shared';
  readonly kinds = ['ask'];
  /** By world. */
  readonly calls = new Map<string, number>();
  /** Intents that it will not answer. */
  readonly left = new Set<string>();

  start(call: EffectCall, { cancel }: EffectContext): Promise<EffectOutcome> {
    const world = toHex(call.worldId);
    this.calls.set(world, (this.calls.get(world) ?? 0) + 1);
    return bytesEqual(call.params, LEFT) ? this.#leave(call, cancel) : this.#answer(call);
  }

  async #answer(call: EffectCall): Promise<EffectOutcome> {
    await new Promise((resolve) => setImmediate(resolve));
    return answerAsked(call);
  }

  #leave({ intentHash }: EffectCall, cancel: CancelSignal): Promise<EffectOutcome> {
    this.left.add(toHex(intentHash));
    const failure = { status: 'cancelled', code: 'shared-cancelled', message: '' } as const;
    return new Promise((resolve) => cancel.onCancel(() => resolve(failedOutcome(failure))));
  }

  async close() {}
}

const founded = foundAsking();
const genesis = decodeGenesis(founded.genesis);

/** The same world again under another nonce: founding it anew would be most of the test. */
function newStore(n: number) {
  if (!genesis.ok) throw new Error(genesis.refusal.detail);
  const nonce = genesis.value.nonce.slice();
  new DataView(nonce.buffer).setUint32(0, n);
  return createMemoryStore(encodeGenesis({ ...genesis.value, nonce }), founded.objects);
}

describe('a thousand worlds in one process', () => {
  it('share engine and adapters, and none waits for another', async () => {
    const engine = new WasmEngine();
    const definitions = new SharedDefinitions();
    const shared = new Shared();
    const timers = new TimerAdapter();
    const signer = makeSigner();
    const adapters = [shared, timers];
    const worlds = Array.from({ length: WORLDS }, (_, i) => {
      const store = newStore(i);
      const effects = { adapters, signer, operator, drainMs: 0 };
      return { store, host: openWorldHost({ store, engine, definitions, effects }) };
    });
    const isStuck = (i: number) => i % STUCK_EVERY === 0;
    await Promise.all(worlds.map(({ host }, i) => host.submit(order(isStuck(i) ? 13 : i + 100))));
    const isStill = ({ intent }: { readonly intent: Hash }) => shared.left.has(toHex(intent));
    const rest = (host: WorldHost) => host.untilQuiescent({ isStill });
    const quiet = await Promise.all(worlds.map(({ host }) => rest(host)));

    quiet.forEach(({ blockers }, i) => {
      expect(blockers.map(({ kind }) => kind)).toEqual(isStuck(i) ? ['receipt'] : []);
    });
    expect(shared.calls.size).toBe(WORLDS);
    const counts = [...shared.calls.values()];
    expect(counts.filter((count) => count === 1)).toHaveLength(WORLDS / STUCK_EVERY);
    expect(counts.filter((count) => count === 2)).toHaveLength(WORLDS - WORLDS / STUCK_EVERY);
    for (const { store } of worlds.slice(0, 20)) {
      expect(verifyWorld(store, engine)).toMatchObject({ ok: true });
    }
    await Promise.all(worlds.map(({ host }) => host.close()));
    await timers.close();
  });

  it('fail one by one: a store that breaks stops its own world only', async () => {
    const engine = new WasmEngine();
    const shared = new Shared();
    const signer = makeSigner();
    const worlds = Array.from({ length: 20 }, (_, i) => {
      const store = newStore(i);
      if (i === 7) store.append = () => Promise.reject(new Error('no disk'));
      const effects = { adapters: [shared], signer, operator };
      return openWorldHost({ store, engine, effects });
    });
    const sent = await Promise.allSettled(worlds.map((host) => host.submit(order(200))));
    expect(sent.map(({ status }) => status).indexOf('rejected')).toBe(7);
    expect(sent.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    const quiet = await Promise.all(worlds.map((host) => host.untilQuiescent()));
    const stopped = quiet.map(({ blockers }) => blockers.some(({ kind }) => kind === 'world'));
    expect(stopped.flatMap((isStopped, i) => (isStopped ? [i] : []))).toEqual([7]);
    await Promise.all(worlds.map((host) => host.close().catch(() => undefined)));
  });
});
