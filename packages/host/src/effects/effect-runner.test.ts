import { type Hash, sha256, utf8 } from '@aos/canon';
import { type Adapter, AosFault } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import type { StartTimer } from '../loop/wake-timer.js';
import { EffectRunner } from './effect-runner.js';
import { HostEffectClock } from './host-effect-clock.js';
import type { EffectWorld, RunnerSetup } from './runner-setup.js';

const keyId = sha256(utf8('key'));
const clock = { wallNs: () => 0n, monotonicNs: () => 0n };

/** Timers that fire in the next turn. */
const startTimer: StartTimer = (_delayMs, fire) => {
  const immediate = setImmediate(fire);
  return () => clearImmediate(immediate);
};

const adapter: Adapter = {
  id: 'asked',
  kinds: ['ask'],
  start: () => new Promise(() => undefined),
  close: async () => undefined,
};

/** A world whose one open effect is of a definition that cannot be read any more. */
function unreadableWorld(told: unknown[]): EffectWorld {
  const hash: Hash = sha256(utf8('intent'));
  const intent = { hash, effect: 'ask', state: 'released', isCancelled: false };
  const unreadable = () => {
    throw new AosFault('store-failed', 'the store could not read the log', { retry: 'later' });
  };
  const world = {
    intents: { range: () => [intent], get: () => intent },
    keyring: [{ keyId, revokedAt: null, roles: ['host'] }],
    get program() {
      return unreadable();
    },
  };
  let isStarting = true;
  const failed = (cause: unknown) => {
    isStarting = false;
    told.push(cause);
  };
  const host = { world, failed, isTaking: true, started: () => undefined };
  return Object.defineProperty(host, 'isStarting', { get: () => isStarting }) as never;
}

describe('a runner of effects', () => {
  it('can be drained when the store failed while an effect was being started', async () => {
    const told: unknown[] = [];
    const setup = {
      ...{ table: new Map([['ask', adapter]]), signer: { keyId }, startTimer },
      options: { signer: { keyId } },
      clock: new HostEffectClock(clock, () => 0n, startTimer),
    } as unknown as RunnerSetup;
    const runner = new EffectRunner(setup, unreadableWorld(told), () => undefined);
    runner.open();
    expect(told).toMatchObject([{ code: 'store-failed' }]);
    await runner.drain();
    expect(runner.isAtRest({})).toBe(true);
  });
});
