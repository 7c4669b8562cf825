export { type AdmittedEvent, admit, type RawEvent } from './admit.js';
export { callEntropy } from './context.js';
export {
  type Difference,
  type ObjectReader,
  type ReplayPorts,
  replay,
  replayRecord,
  type Verdict,
} from './replay.js';
export { type StepDone, type StepOutcome, step } from './step.js';
export { checkSupport, unsupportedParts } from './support.js';
export { type Cell, createWorld, hashWorld, type World } from './world.js';
