export { type AdmittedEvent, admit, type RawEvent } from './admit/admit.js';
export { callEntropy } from './reducers/context.js';
export type { Difference, Verdict } from './replay/difference.js';
export {
  type ObjectReader,
  type ReplayMode,
  type ReplayPorts,
  replay,
  replayRecord,
} from './replay/replay.js';
export { type StepDone, type StepOutcome, step } from './step/step.js';
export { checkSupport, unsupportedParts } from './support.js';
export { type Cell, createWorld, hashWorld, type World } from './world/world.js';
