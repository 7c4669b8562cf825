/** Services of Restate: a virtual object that counts, and a workflow of durable steps. */
import { act } from './app-server.mjs';

// the SDK uses it, and Node has it from 22 on
Promise.withResolvers ??= () => {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
};

const restate = await import('@restatedev/restate-sdk');

const [port] = process.argv.slice(2);

const counter = restate.object({
  name: 'counter',
  handlers: {
    add: async (ctx) => {
      const n = ((await ctx.get('n')) ?? 0) + 1;
      ctx.set('n', n);
      return { n };
    },
    count: restate.handlers.object.shared(async (ctx) => ({ n: (await ctx.get('n')) ?? 0 })),
  },
});

const job = restate.workflow({
  name: 'job',
  handlers: {
    run: async (ctx, { steps, ms }) => {
      let sum = 0;
      for (let step = 1; step <= steps; step++) {
        sum += await ctx.run(`step ${step}`, () => act(step, ms));
      }
      return { sum };
    },
  },
});

await restate.serve({ services: [counter, job], port: Number(port) });
process.send?.('ready');
process.on('message', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
