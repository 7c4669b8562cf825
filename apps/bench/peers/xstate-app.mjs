/** XState by itself: actors in memory. Nothing outlives the process: the ceiling, not a peer. */
import { assign, createActor, fromPromise, setup, toPromise } from 'xstate';
import { act, serveApp } from './app-server.mjs';

const [port] = process.argv.slice(2);

const counter = setup({}).createMachine({
  context: { n: 0 },
  on: { ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
});

const stepState = (step, target) => ({
  invoke: {
    src: 'act',
    input: ({ context }) => ({ step, ms: context.ms }),
    onDone: {
      target,
      actions: assign({ sum: ({ context, event }) => context.sum + event.output }),
    },
  },
});

const machine = (steps) =>
  setup({ actors: { act: fromPromise(({ input }) => act(input.step, input.ms)) } }).createMachine({
    context: ({ input }) => ({ ms: input.ms, sum: 0 }),
    initial: 's1',
    states: {
      ...Object.fromEntries(
        Array.from({ length: steps }, (_, i) => [
          `s${i + 1}`,
          stepState(i + 1, i + 1 === steps ? 'end' : `s${i + 2}`),
        ]),
      ),
      end: { type: 'final' },
    },
    output: ({ context }) => context.sum,
  });

const machines = { 1: machine(1), 3: machine(3) };
const counters = new Map();
const ended = new Set();

function counterOf(key) {
  let actor = counters.get(key);
  if (actor === undefined) {
    actor = createActor(counter).start();
    counters.set(key, actor);
  }
  return actor;
}

async function run(id, { steps, ms }) {
  const actor = createActor(machines[steps], { input: { ms } }).start();
  const sum = await toPromise(actor);
  ended.add(id);
  return { sum };
}

serveApp(
  {
    add: async (key) => {
      const actor = counterOf(key);
      actor.send({ type: 'ADD' });
      return { n: actor.getSnapshot().context.n };
    },
    count: async (key) => ({ n: counterOf(key).getSnapshot().context.n }),
    run,
    begin: async (id, work) => {
      void run(id, work);
      return {};
    },
    finished: async (prefix) => ({
      count: [...ended].filter((id) => id.startsWith(prefix)).length,
    }),
  },
  Number(port),
);
