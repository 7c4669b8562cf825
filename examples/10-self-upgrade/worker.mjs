// The worker: what it is, and what its code is compiled from.
import { readFileSync } from 'node:fs';
import { defineReducer, defineWorld, schema, t } from '@aos/air/author';
import { Cannot, GaveUp, Learned, Task } from './parts.mjs';

const Board = schema(
  'work/Board@1',
  t.record({
    // the file of its skills, null for the one that it began with
    source: t.option(t.text),
    answers: t.map(t.text, t.list(t.text)),
    // being learned
    open: t.map(t.text, Task),
    // why they are not done
    failed: t.map(t.text, t.text),
  }),
);
export const WorkerEvent = schema('work/Event@1', t.variant({ Task, Learned, GaveUp }));

export const worker = defineReducer('skill/Worker@1', {
  state: Board,
  event: WorkerEvent,
  context: true,
});

/** @param {string} name */
const text = (name) => readFileSync(new URL(`reducer-ts/${name}`, import.meta.url), 'utf8');

/** All but the skills, which are what may change. */
export const workerSource = text('worker.ts');
export const firstSkills = text('skills.ts');

/** What the code is written against, as JSON. */
export const workerTypes = JSON.stringify(
  defineWorld({ modules: [worker], schemas: [Cannot] })
    .toAir()
    .flatMap((document) => JSON.parse(document.text))
    .filter(({ $kind }) => $kind !== 'manifest'),
);
