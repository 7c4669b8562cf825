/** Rung 01: a reducer asks for a timer, and the world sleeps through some of the time. */
import type { Rung } from '../runner/rung.js';
import { expectEqual, tagOf } from '../runner/stage.js';

const REDUCER = 'demo/TimerSM@1';
const EVENT = 'demo/TimerEvent@1';
const DELAY_MS = 200;
const NS_PER_MS = 1_000_000;

interface TimerState {
  readonly pc: Readonly<Record<string, null>>;
  readonly due_ns: number | null;
  readonly fired_ns: number | null;
  readonly key: string | null;
}

export const helloTimer: Rung = {
  slug: 'hello-timer',
  title: 'Hello timer',
  folder: '01-hello-timer',
  modules: { [REDUCER]: 'reducer-ts/timer' },
  async play(stage) {
    const { seq } = await stage.send(EVENT, {
      Start: { delay_ns: DELAY_MS * NS_PER_MS, key: 'tea' },
    });
    stage.print(`start: asks timer.set to fire in ${DELAY_MS} ms, key=tea`);
    expectEqual(tagOf((await stage.state<TimerState>(REDUCER)).pc), 'Waiting');

    await stage.reopen();
    stage.print('world closed while it waits, and opened again');

    await stage.settle();
    const { pc, due_ns, fired_ns, key } = await stage.state<TimerState>(REDUCER);
    expectEqual([tagOf(pc), key], ['Done', 'tea']);
    const waitNs = Number(due_ns) - (await stage.logicalTimeOf(seq));
    const lateNs = Number(fired_ns) - Number(due_ns);
    expectEqual([waitNs >= DELAY_MS * NS_PER_MS, lateNs >= 0], [true, true]);
    const late = (lateNs / NS_PER_MS).toFixed(1);
    stage.print(`timer fired: ${late} ms behind its time`);
    stage.print(`final state: pc=${tagOf(pc)}, key=${key}`);
  },
};
