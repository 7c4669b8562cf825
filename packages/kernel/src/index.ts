export { admit } from './admit/admit.js';
export type {
  Admission,
  AdmittedEvent,
  AdmittedInput,
  RawEvent,
  RawInput,
  RawReceipt,
  RawStreamFrame,
  RawValue,
  RawVerb,
} from './admit/admitted.js';
export type { Cell } from './cells/cell.js';
export { type CellDifference, cellDifferences } from './cells/cell-differences.js';
export {
  type CellQuery,
  type CellTable,
  countCells,
  listCells,
  readCell,
} from './cells/cell-table.js';
export { type KeyPrefix, keyPrefix } from './cells/key-prefix.js';
export { type StateSchema, stateSchemaOf } from './cells/state-schema.js';
export { authorize } from './gate/authorize.js';
export type { BudgetShortage, Denial } from './gate/decision.js';
export { compileGate, type Gate, grantOfSlot } from './gate/gate.js';
export type { GatePorts, KnownIntent } from './gate/gate-ports.js';
export { emptyGateState, type GateState } from './gate/gate-state.js';
export type { SecretUse } from './gate/grants/secret-finder.js';
export { checkSecretUser, secretsIn } from './gate/grants/secrets.js';
export { budgetLeft } from './gate/limits/budgets.js';
export type { OpenIntent } from './gate/open-intent.js';
export { PolicyIndex, type PolicyQuestion } from './gate/policy/policy-index.js';
export { checkAddress, checkGrant, checkRedirect } from './gate/recheck.js';
export type { EffectRequest } from './gate/requests/effect-request.js';
export type { GateVerdict } from './gate/verdict.js';
export { compileCandidate, MAX_PATCH_BYTES } from './governance/candidate.js';
export type { Principal, Proposal, ProposalState, Voice } from './governance/proposal.js';
export { quorumOf, type RuleStanding } from './governance/quorum.js';
export { findMissingMigrations, type MissingMigration } from './governance/way-back.js';
export { PLAN_START, planStartEvent } from './plans/manual-start.js';
export {
  describeInstance,
  findInstance,
  type InstanceDescription,
  type InstanceWait,
} from './plans/state/describe-instance.js';
export type { PlanInstance } from './plans/state/instance.js';
export { modulesOf } from './program/modules.js';
export type { Program } from './program/program.js';
export { ProgramCache, type ProgramHolder, programOf } from './program/program-cache.js';
export { callEntropy } from './reducers/context.js';
export type { Difference, Verdict } from './replay/difference.js';
export {
  type ChainLink,
  type ExplainedRow,
  type ExplainPorts,
  type Explanation,
  explainDifference,
} from './replay/explain.js';
export {
  checkInputSignature,
  refuseSignature,
  type SignatureCheck,
  type SignatureClaim,
  signatureClaim,
} from './replay/feed.js';
export { printExplanation } from './replay/print-explanation.js';
export { type ReplayMode, type ReplayPorts, replay, replayRecord } from './replay/replay.js';
export { compareDefinitions } from './shadow/compare/definitions.js';
export { RecordedEffects, type ScriptedReceipt } from './shadow/forks/answers.js';
export {
  type CandidatePorts,
  CandidateRun,
  type RecordedMoment,
} from './shadow/forks/candidate-run.js';
export { forkUnder } from './shadow/forks/fork.js';
export type { ForkRun, Moment } from './shadow/forks/fork-run.js';
export { DEFAULT_SHADOW_LIMITS, type ShadowLimits } from './shadow/limits.js';
export { printReplayReport, printShadowReport } from './shadow/print-report.js';
export {
  isSameChain,
  isSameReplay,
  type ReplayReport,
  type ReplayTolerance,
  recordedMoment,
  reportReplay,
} from './shadow/replay-report.js';
export type { ForkReport, ShadowReport } from './shadow/report.js';
export {
  runShadow,
  type ShadowOutcome,
  type ShadowPorts,
  type ShadowQuestion,
} from './shadow/run-shadow.js';
export {
  checkSnapshot,
  openSnapshot,
  readSnapshotHead,
  type SnapshotOf,
  type SnapshotOpening,
  type SnapshotPorts,
} from './snapshot/open-snapshot.js';
export {
  hashWorld,
  type SlicedSnapshot,
  type SnapshotOutcome,
  snapshotSlices,
  type TakenSnapshot,
  takeSnapshot,
} from './snapshot/take-snapshot.js';
export { isAnsweredByKernel } from './step/release.js';
export type { ToldDenial } from './step/run.js';
export { type StepDone, type StepOutcome, type StepPorts, step } from './step/step.js';
export { checkSupport, unsupportedParts } from './support.js';
export type { TrieSource } from './trie/leaf-codec.js';
export { NodeCache } from './trie/node-cache.js';
export { type Need, type NeededModule, ObjectsNeeded } from './trie/objects-needed.js';
export type { LeafDifference } from './trie/trie-difference.js';

export { CauseIndex } from './why/cause-index.js';
export {
  type Described,
  type DescribePorts,
  describeEntry,
  describeInput,
  describeValue,
} from './why/describe.js';
export { JournalView, type RecordReader } from './why/journal-view.js';
export { type Journal, type Link, type LinkRole, reasonsOf } from './why/links.js';
export { placeOf, printPlace } from './why/places.js';
export { printNode, printProvenance } from './why/print.js';
export {
  effectSteps,
  effectsOf,
  type Provenance,
  type WhyNode,
  type WhyOptions,
  type WhyTarget,
  why,
  whySteps,
} from './why/why.js';
export { crossBorder, type ForkIdentity, forkGenesis, isAtBorder } from './world/border.js';
export { createWorld, type WorldPorts } from './world/create-world.js';
export type { Deadline } from './world/deadlines.js';
export type { KeyState } from './world/keyring.js';
export type { Outcome, SettledIntent, Settlement } from './world/settled.js';
export type { Work } from './world/work.js';
export { isRunning, type World, type WorldMode, wakeAtOf } from './world/world.js';
