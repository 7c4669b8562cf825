/** What demo/Notebook@1 is written against: made from AIR, not by hand. */
import {
  hash,
  list,
  nat,
  option,
  record,
  schema,
  text,
  time,
  unit,
  type ValueOf,
  variant,
} from '@aos/reducer-sdk/script';

export const NotebookName = schema('demo/NotebookName@1', text);
export type NotebookName = ValueOf<typeof NotebookName>;

export const Finish = schema('demo/Finish@1', record({ notebook: NotebookName }));
export type Finish = ValueOf<typeof Finish>;

export const ReportKept = schema(
  'demo/ReportKept@1',
  record({ report: hash, version: nat, notebook: NotebookName }),
);
export type ReportKept = ValueOf<typeof ReportKept>;

export const Noted = schema('demo/Noted@1', record({ line: text, notebook: NotebookName }));
export type Noted = ValueOf<typeof Noted>;

export const ReportNotKept = schema(
  'demo/ReportNotKept@1',
  record({ code: text, notebook: NotebookName }),
);
export type ReportNotKept = ValueOf<typeof ReportNotKept>;

export const NotebookEvent = schema(
  'demo/NotebookEvent@1',
  variant({ Kept: ReportKept, Noted, Finish, NotKept: ReportNotKept }),
);
export type NotebookEvent = ValueOf<typeof NotebookEvent>;

export const NotebookFinished = schema(
  'demo/NotebookFinished@1',
  record({ at: time, report: text, notebook: NotebookName }),
);
export type NotebookFinished = ValueOf<typeof NotebookFinished>;

export const NotebookPhase = schema(
  'demo/NotebookPhase@1',
  variant({ Kept: unit, Open: unit, Failed: unit, Keeping: unit }),
);
export type NotebookPhase = ValueOf<typeof NotebookPhase>;

export const NotebookState = schema(
  'demo/NotebookState@1',
  record({
    error: option(text),
    lines: list(text),
    phase: NotebookPhase,
    tries: nat,
    report: option(hash),
    version: option(nat),
  }),
);
export type NotebookState = ValueOf<typeof NotebookState>;

/** What the module declares. */
export const declared = { state: NotebookState, event: NotebookEvent };
