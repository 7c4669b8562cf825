/** What demo/Summarizer@1 is written against: made from AIR, not by hand. */
import {
  nat,
  option,
  record,
  schema,
  text,
  unit,
  type ValueOf,
  variant,
} from '@aos/reducer-sdk/script';

export const SummaryStart = schema('demo/SummaryStart@1', record({ url: text }));
export type SummaryStart = ValueOf<typeof SummaryStart>;

export const Tokens = schema('demo/Tokens@1', record({ prompt: nat, completion: nat }));
export type Tokens = ValueOf<typeof Tokens>;

export const SummaryReady = schema(
  'demo/SummaryReady@1',
  record({ cents: nat, finish: text, tokens: Tokens, summary: text }),
);
export type SummaryReady = ValueOf<typeof SummaryReady>;

export const SummarizerEvent = schema(
  'demo/SummarizerEvent@1',
  variant({ Start: SummaryStart, SummaryReady }),
);
export type SummarizerEvent = ValueOf<typeof SummarizerEvent>;

export const SummarizerPc = schema(
  'demo/SummarizerPc@1',
  variant({ Done: unit, Idle: unit, Summarizing: unit }),
);
export type SummarizerPc = ValueOf<typeof SummarizerPc>;

export const SummarizerState = schema(
  'demo/SummarizerState@1',
  record({ pc: SummarizerPc, url: option(text), answer: option(SummaryReady) }),
);
export type SummarizerState = ValueOf<typeof SummarizerState>;

export const SummaryRequested = schema('demo/SummaryRequested@1', record({ url: text }));
export type SummaryRequested = ValueOf<typeof SummaryRequested>;

/** What the module declares. */
export const declared = { state: SummarizerState, event: SummarizerEvent };
