/** Rung 10: a world learns what it cannot do, by changing its own code under governance. */

import type { Rung } from '../runner/rung.js';
import { userProvider } from '../runner/settings.js';
import { expectEqual, type Stage } from '../runner/stage.js';
import { Chance } from '../upgrade/chance.js';
import { completeChat } from '../upgrade/model-server.js';
import { type CheckedTask, randomTask, type Task } from '../upgrade/tasks.js';

const WORKER = 'skill/Worker@1';
const EVENT = 'work/Event@1';

interface Board {
  readonly answers: Readonly<Record<string, readonly string[]>>;
  readonly open: Readonly<Record<string, Task>>;
  readonly failed: Readonly<Record<string, string>>;
}

export const selfUpgrade: Rung = {
  slug: 'self-upgrade',
  title: 'A world that learns',
  folder: '10-self-upgrade',
  modules: { [WORKER]: 'reducer-ts/worker' },
  lives: 'daemon',
  async play(stage) {
    const seed = Number(process.env.AOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
    stage.print(`AOS_SEED=${seed} plays this once more`);
    const chance = new Chance(seed);
    await hireModel(stage);
    for (const name of ['ben', 'cleo']) {
      await stage.aos('keyring', 'add', name, '--role', 'approver');
    }
    await learn(stage, randomTask(chance));
  },
};

/** A server of this machine answers, unless the user has a provider of this name. */
async function hireModel(stage: Stage): Promise<void> {
  const key = process.env.LLM_API_KEY ?? 'sk-a-key-that-nobody-may-see';
  await stage.keepSecret('llm-key', key);
  const server = await stage.serve(({ body }) => ({ status: 200, body: completeChat(body) }));
  const own = { protocol: 'openai-chat', baseUrl: `${server.url}/v1`, prices: PRICES };
  const coder = { ...(userProvider('coder') ?? own), key: { aliases: ['agent/llm_key'] } };
  await stage.configure({ llm: { providers: { coder } } });
}

const PRICES = { coder: { prompt: '25', completion: '125' } };

async function learn(stage: Stage, { task, expected }: CheckedTask): Promise<void> {
  stage.print(`the task ${task.name}, over ${task.rows.length} rows:`);
  for (const line of task.description.split('\n')) stage.print(`  | ${line}`);
  await stage.send(EVENT, { Task: task });
  await shadowed(stage, 0);
  for (const name of ['ben', 'cleo']) {
    await stage.aos('governance', 'approve', '0', '--as', name);
    stage.print(`${name} approves`);
  }
  await stage.settle();
  const { answers, failed } = await stage.state<Board>(WORKER);
  expectEqual([answers[task.id], Object.entries(failed)], [expected, []]);
  stage.print(`done, as it should be: ${expected.join(' | ')}`);
}

/** Waits until the plan has seen its shadow and waits for people. */
async function shadowed(stage: Stage, proposal: number): Promise<void> {
  await stage.until(async () => {
    const { proposals } = await stage.ask('governance.list', {});
    const { answers, failed } = await stage.state<Board>(WORKER);
    if (Object.keys(failed).length > 0)
      throw new Error(`gave up: ${JSON.stringify([failed, answers])}`);
    return proposals.some((each) => each.proposal === proposal && each.state === 'shadowed');
  });
}
