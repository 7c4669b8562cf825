// What goes between the worker and the plans that teach it.
import { schema, t } from '@aos/air/author';

const Row = schema(
  'work/Row@1',
  t.record({ name: t.text, team: t.text, amount: t.int, day: t.nat }),
);

/** Something to be done with rows, said in words. */
export const Task = schema(
  'work/Task@1',
  t.record({ id: t.text, name: t.text, description: t.text, rows: t.list(Row) }),
);

/** A text that was no good, and why. */
const Draft = schema('work/Draft@1', t.record({ text: t.text, problems: t.list(t.text) }));

/** A task for which there is no skill, still, after so many tries to write one. */
export const Cannot = schema(
  'work/Cannot@1',
  t.record({
    task: Task,
    source: t.option(t.text),
    // the definition that the source is in force in
    base: t.hash,
    until_ns: t.nat,
    tried: t.nat,
    last: t.option(Draft),
  }),
);

/** A file of skills that compiles, and what else its author would like to change. */
export const Written = schema(
  'work/Written@1',
  t.record({
    id: t.text,
    name: t.text,
    source: t.text,
    base: t.hash,
    module: t.hash,
    patch: t.option(t.text),
    until_ns: t.nat,
  }),
);

/** The skills of this file are in force. */
export const Learned = schema('work/Learned@1', t.record({ id: t.text, source: t.text }));

export const GaveUp = schema('work/GaveUp@1', t.record({ id: t.text, why: t.text }));
