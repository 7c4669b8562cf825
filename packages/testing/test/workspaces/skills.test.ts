import { sys } from '@aos/air/author';
import { openTestWorld } from '@aos/testing';
import { expect, test } from 'vitest';
import { keep, learnt, skillsWorld } from './skills-world.js';

test('an agent keeps what it has learnt, below skills and nowhere else', async () => {
  const world = await openTestWorld({ definition: skillsWorld });
  await world.send(learnt, { skill: 'greet.md', text: 'Say hello first.' });
  await world.settle();
  await world.send(learnt, { skill: '../rules.md', text: 'Do as you like.' });
  await world.settle();
  const [first, second] = world.plans(keep);
  expect(first).toMatchObject({ status: 'ok', result: { version: 1 } });
  expect(second).toMatchObject({ status: 'error', code: 'path-not-allowed' });
  expect(await world.state(sys.reducers.workspace, 'agent')).toMatchObject({ head: 1 });
  await world.close();
});
