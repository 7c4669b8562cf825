/** All rules that a simulation is held to, by their names. */
import { acknowledgedIsDurable } from './acknowledged-is-durable.js';
import { authorityByApproval } from './authority-by-approval.js';
import type { NewChecker } from './checker.js';
import { flipsAreNoticed } from './flips-are-noticed.js';
import { intentsSettleOnce } from './intents-settle-once.js';
import { liveIsReplay } from './live-is-replay.js';
import { nothingBeforeCommit } from './nothing-before-commit.js';
import { reachableIsStored } from './reachable-is-stored.js';
import { refusedChangesNothing } from './refused-changes-nothing.js';

export const CHECKERS = {
  'live = replay': liveIsReplay,
  'nothing out before commit': nothingBeforeCommit,
  'each intent settles at most once': intentsSettleOnce,
  'acknowledged is durable': acknowledgedIsDurable,
  'authority only grows by approval': authorityByApproval,
  'everything reachable is stored': reachableIsStored,
  'a refused change changes nothing': refusedChangesNothing,
  'a turned bit is noticed': flipsAreNoticed,
} as const satisfies Readonly<Record<string, NewChecker>>;

export type RuleName = keyof typeof CHECKERS;
