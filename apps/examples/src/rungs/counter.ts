/** Rung 00: a typestate counter without effects. */
import type { Rung } from '../runner/rung.js';
import { expectEqual, tagOf } from '../runner/stage.js';

const REDUCER = 'demo/CounterSM@1';
const EVENT = 'demo/CounterEvent@1';
const TARGET = 3;

interface CounterState {
  readonly pc: Readonly<Record<string, null>>;
  readonly remaining: number;
}

export const counter: Rung = {
  slug: 'counter',
  title: 'Counter',
  folder: '00-counter',
  modules: { [REDUCER]: 'reducer/counter' },
  async play(stage) {
    await stage.send(EVENT, { Start: { target: TARGET } });
    stage.print(`start (target ${TARGET})`);
    for (let tick = 1; tick <= TARGET; tick++) {
      await stage.send(EVENT, { Tick: null });
      stage.print(`tick #${tick}`);
    }
    const { pc, remaining } = await stage.state<CounterState>(REDUCER);
    expectEqual([tagOf(pc), remaining], ['Done', 0]);
    stage.print(`final state: pc=${tagOf(pc)}, remaining=${remaining}`);
  },
};
