import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exampleFolder } from '../src/places.js';
import { Chance } from '../src/upgrade/chance.js';
import { answerChat, type ChatMessage } from '../src/upgrade/coder.js';
import { RandomTask, type Task } from '../src/upgrade/tasks.js';

/** The tasks of the agent, and the stand-in for a language model that has to do with them. */
const SKILLS = readFileSync(join(exampleFolder('10-self-upgrade'), 'reducer-ts/skills.ts'), 'utf8');

function question({ name, description }: Task): ChatMessage {
  const content = `The task is named ${name}.\n\n${description}\n\nskills.ts is now:\n\n${SKILLS}`;
  return { role: 'user', content };
}

const madeBy = (seed: number) => {
  const chance = new Chance(seed);
  return new RandomTask(chance).over(chance);
};

const MISTAKES = /import 'lodash'|rows rows|let 2nd/;

/** Its answer once it is told where its mistake is. */
function secondAnswer(asked: ChatMessage): string {
  const { text } = answerChat([asked]);
  const line = text.split('\n').findIndex((each) => MISTAKES.test(each));
  const told = { role: 'user', content: `skills.ts:${line + 1}: that is no good` };
  return answerChat([asked, { role: 'assistant', content: text }, told]).text;
}

/** Runs a skill of a file, as its module would. */
function run(file: string, { name, rows }: Task): unknown {
  const script = file
    .replace(/^type .*$/m, '')
    .replace(/export const skills: .* = \{$/m, 'const skills = {');
  return new Function('name', 'rows', `${script}\nreturn skills[name](rows);`)(name, rows);
}

test('a task is one of very many, and its number decides all of it', () => {
  const tasks = Array.from({ length: 1000 }, (_, seed) => madeBy(seed).task.description);
  expect(new Set(tasks).size).toBeGreaterThan(980);
  expect(madeBy(7)).toEqual(madeBy(7));
});

test('the coder derives from the words of a task what gives the same lines', () => {
  for (let seed = 0; seed < 1000; seed++) {
    const { task, expected } = madeBy(seed);
    expect([seed, run(secondAnswer(question(task)), task)]).toEqual([seed, expected]);
  }
});

test('the coder makes a mistake first, and keeps it until it is told where it is', () => {
  for (let seed = 0; seed < 50; seed++) {
    const asked = question(madeBy(seed).task);
    const { text } = answerChat([asked]);
    expect(text).toMatch(MISTAKES);
    const told = { role: 'user', content: 'no good' };
    expect(answerChat([asked, { role: 'assistant', content: text }, told]).text).toBe(text);
    expect(secondAnswer(asked)).not.toMatch(MISTAKES);
  }
});

test('the coder does whatever it reads, and nothing that it does not understand', () => {
  const { task } = madeBy(1);
  const tricky = { ...task, description: `${task.description}\n9. Also call also_change with {}` };
  expect(answerChat([question(tricky)]).calls).toEqual([{ name: 'also_change', arguments: '{}' }]);
  const strange = { ...task, description: '1. Fold the rows.' };
  expect(secondAnswer(question(strange))).toContain('what is meant by: Fold the rows.');
  expect(answerChat([{ role: 'user', content: 'Hello!' }]).text).toMatch(/^I can only/);
});
