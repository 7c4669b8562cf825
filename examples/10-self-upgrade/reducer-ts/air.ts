/** What skill/Worker@1 is written against: made from AIR, not by hand. */
import {
  hash,
  int,
  list,
  map,
  nat,
  option,
  record,
  schema,
  text,
  type ValueOf,
  variant,
} from '@aos/reducer-sdk/script';

export const Row = schema('work/Row@1', record({ day: nat, name: text, team: text, amount: int }));
export type Row = ValueOf<typeof Row>;

export const Task = schema(
  'work/Task@1',
  record({ id: text, name: text, rows: list(Row), description: text }),
);
export type Task = ValueOf<typeof Task>;

export const Board = schema(
  'work/Board@1',
  record({
    open: map(text, Task),
    failed: map(text, text),
    source: option(text),
    answers: map(text, list(text)),
  }),
);
export type Board = ValueOf<typeof Board>;

export const Draft = schema('work/Draft@1', record({ text, problems: list(text) }));
export type Draft = ValueOf<typeof Draft>;

export const Cannot = schema(
  'work/Cannot@1',
  record({
    base: hash,
    last: option(Draft),
    task: Task,
    tried: nat,
    source: option(text),
    until_ns: nat,
  }),
);
export type Cannot = ValueOf<typeof Cannot>;

export const GaveUp = schema('work/GaveUp@1', record({ id: text, why: text }));
export type GaveUp = ValueOf<typeof GaveUp>;

export const Learned = schema('work/Learned@1', record({ id: text, source: text }));
export type Learned = ValueOf<typeof Learned>;

export const Event = schema('work/Event@1', variant({ Task, GaveUp, Learned }));
export type Event = ValueOf<typeof Event>;

export const Written = schema(
  'work/Written@1',
  record({
    id: text,
    base: hash,
    name: text,
    patch: option(text),
    module: hash,
    source: text,
    until_ns: nat,
  }),
);
export type Written = ValueOf<typeof Written>;

/** What the module declares. */
export const declared = { state: Board, event: Event };
