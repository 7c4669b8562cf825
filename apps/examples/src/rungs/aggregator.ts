/** Rung 04: one plan asks three servers at once and joins what they answer. */
import type { Rung } from '../runner/rung.js';
import { expectEqual, tagOf } from '../runner/stage.js';

const REDUCER = 'demo/Aggregator@1';
const EVENT = 'demo/AggregatorEvent@1';
const NAMES = ['alpha', 'beta', 'gamma'] as const;

interface AggregatorState {
  readonly pc: Readonly<Record<string, null>>;
  readonly pending: readonly string[];
  readonly responses: readonly {
    readonly source: string;
    readonly status: number;
    readonly body_ref: string | null;
  }[];
}

export const aggregator: Rung = {
  slug: 'aggregator',
  title: 'Aggregator',
  folder: '04-aggregator',
  modules: { [REDUCER]: 'reducer-ts/aggregator' },
  async play(stage) {
    const answered: string[] = [];
    const queue = new Queue(NAMES.length);
    const targets = await Promise.all(
      NAMES.map(async (name, i) => {
        const { url } = await stage.serve(async () => {
          // Nobody answers before all were asked, and then the last one first.
          await queue.turn(NAMES.length - 1 - i);
          answered.push(name);
          return { status: 200 + i, body: `${name} says hello`, sent: () => queue.next() };
        });
        return { name, url: `${url}/answer` };
      }),
    );
    const [primary, secondary, tertiary] = targets;
    await stage.send(EVENT, { Start: { topic: 'demo-topic', primary, secondary, tertiary } });
    await stage.settle();
    stage.print(`3 requests under way together; answered in the order ${answered.join(', ')}`);
    expectEqual(answered, [...NAMES].reverse());

    const { pc, pending, responses } = await stage.state<AggregatorState>(REDUCER);
    expectEqual([tagOf(pc), pending], ['Done', []]);
    expectEqual(
      responses.map(({ source, status }) => [source, status]),
      NAMES.map((name, i) => [name, 200 + i]),
    );
    for (const { source, status, body_ref } of responses) {
      stage.print(`${source.padEnd(6)} ${status}  ${await stage.blobText(body_ref)}`);
    }
    stage.print(`final state: pc=${tagOf(pc)}, pending=[]`);
  },
};

/** Lets as many as it is told to come together, then one after the other, by number. */
class Queue {
  #arrived = 0;
  #now = -1;
  readonly #waiting = new Map<number, () => void>();

  constructor(private readonly size: number) {}

  turn(number: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve);
      this.#arrived += 1;
      if (this.#arrived === this.size) this.next();
    });
  }

  next(): void {
    this.#now += 1;
    this.#waiting.get(this.#now)?.();
  }
}
