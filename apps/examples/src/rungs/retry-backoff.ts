/** Rung 08: a reducer tries again, with backoff and deadlines, until it works or was enough. */
import type { Rung } from '../runner/rung.js';
import { expectEqual, type Stage, tagOf } from '../runner/stage.js';

const REDUCER = 'demo/Retry@1';
const START = 'demo/RetryStart@1';

interface RetryState {
  readonly pc: Readonly<Record<string, null>>;
  readonly attempts: number;
  readonly status: number;
}

export const retryBackoff: Rung = {
  slug: 'retry-backoff',
  title: 'Retry with backoff',
  folder: '08-retry-backoff',
  modules: { [REDUCER]: 'reducer-ts/retry' },
  lives: 'daemon',
  async play(stage) {
    const down = await stage.serve(() => ({ status: 503, body: '' }));
    let count = 0;
    const flaky = await stage.serve(async () => {
      count += 1;
      // The second request is never answered: its deadline has to end it.
      if (count === 2) await new Promise(() => {});
      return { status: count === 1 ? 503 : 200, body: '' };
    });
    await stage.send(START, { req_id: 'req-down', url: `${down.url}/work` });
    await stage.send(START, { req_id: 'req-flaky', url: `${flaky.url}/work` });
    await stage.settle();

    await showTimers(stage);
    expectEqual([down.requests.length, flaky.requests.length], [3, 3]);
    expectEqual(await show(stage, 'req-down'), ['Failed', 3, 503]);
    expectEqual(await show(stage, 'req-flaky'), ['Done', 3, 200]);
  },
};

async function showTimers(stage: Stage): Promise<void> {
  const { effects } = await stage.ask('effects.list', { effect: 'timer.set' });
  expectEqual(effects.length, 4);
  const waits = new Map<string, number[]>();
  for (const { params, opened_at } of effects) {
    const { deliver_at_ns, key } = params as { deliver_at_ns: number; key: string };
    stage.print(`timer.set → key=${key}, deliver_at_ns=${deliver_at_ns}`);
    const askedNs = await stage.logicalTimeOf(Number.parseInt(opened_at ?? '', 10));
    waits.set(key, [...(waits.get(key) ?? []), Number(deliver_at_ns) - askedNs]);
  }
  // the second wait of each is longer than the first
  const grow = [...waits.values()].map(([first = 0, second = 0]) => first > 0 && second > first);
  expectEqual(grow, [true, true]);
}

async function show(stage: Stage, key: string) {
  const { pc, attempts, status } = await stage.state<RetryState>(REDUCER, key);
  stage.print(`${key}: pc=${tagOf(pc)}, attempts=${attempts}, last status=${status}`);
  return [tagOf(pc), attempts, status];
}
