/** The rungs, from the lowest. */
import { aggregator } from './rungs/aggregator.js';
import { blobEcho } from './rungs/blob-echo.js';
import { chainComp } from './rungs/chain-comp.js';
import { counter } from './rungs/counter.js';
import { fetchNotify } from './rungs/fetch-notify.js';
import { helloTimer } from './rungs/hello-timer.js';
import { llmSummarizer } from './rungs/llm-summarizer.js';
import { notebook } from './rungs/notebook.js';
import { retryBackoff } from './rungs/retry-backoff.js';
import { safeUpgrade } from './rungs/safe-upgrade.js';
import { selfUpgrade } from './rungs/self-upgrade.js';
import type { Rung } from './runner/rung.js';

export const ladder: readonly Rung[] = [
  counter,
  helloTimer,
  blobEcho,
  fetchNotify,
  aggregator,
  chainComp,
  safeUpgrade,
  llmSummarizer,
  retryBackoff,
  notebook,
  selfUpgrade,
];
