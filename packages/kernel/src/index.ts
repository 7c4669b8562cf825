export { type AdmittedEvent, admit, type RawEvent } from './admit/admit.js';
export { callEntropy } from './reducers/context.js';
export type { Difference, Verdict } from './replay/difference.js';
export {
  type ChainLink,
  type ExplainedRow,
  type ExplainPorts,
  type Explanation,
  explainDifference,
} from './replay/explain.js';
export type { SignatureCheck } from './replay/feed.js';
export { printExplanation } from './replay/print-explanation.js';
export { type ReplayMode, type ReplayPorts, replay, replayRecord } from './replay/replay.js';
export {
  openSnapshot,
  readSnapshotHead,
  type SnapshotOf,
  type SnapshotOpening,
  type SnapshotPorts,
} from './snapshot/open-snapshot.js';
export {
  hashWorld,
  type SnapshotOutcome,
  type TakenSnapshot,
  takeSnapshot,
} from './snapshot/take-snapshot.js';
export { type StepDone, type StepOutcome, step } from './step/step.js';
export { checkSupport, unsupportedParts } from './support.js';
export { CauseIndex } from './why/cause-index.js';
export {
  type Described,
  type DescribePorts,
  describeEntry,
  describeInput,
} from './why/describe.js';
export { JournalView, type RecordReader } from './why/journal-view.js';
export type { Journal, Link, LinkRole } from './why/links.js';
export { printPlace } from './why/places.js';
export { printProvenance } from './why/print.js';
export {
  effectsOf,
  type Provenance,
  type WhyNode,
  type WhyOptions,
  type WhyTarget,
  why,
} from './why/why.js';
export { createWorld, type WorldPorts } from './world/create-world.js';
export type { World, WorldMode } from './world/world.js';
