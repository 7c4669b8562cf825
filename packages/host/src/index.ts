export { type Clock, systemClock } from './clock.js';
export { ControlService, openControl } from './control/service.js';
export type { ControlOptions } from './control/view.js';
export {
  closeOnSignals,
  Daemon,
  type DaemonEvent,
  type DaemonOptions,
} from './daemon/daemon.js';
export { type PortServiceOptions, serveControlPort } from './daemon/port-service.js';
export { listDaemons, type RunningDaemon } from './daemon/running-daemons.js';
export type { KeeperEvent, OpenedWorldHost, OpenWorldHost } from './daemon/world-keeper.js';
export { unservedKinds } from './effects/adapter-table.js';
export type {
  AdapterDefect,
  DeadLetter,
  EffectOptions,
  RetryPolicy,
} from './effects/effect-options.js';
export type {
  Blocker,
  Quiescence,
  QuiescenceOptions,
  UnendedEffect,
} from './effects/quiescence.js';
export { type BlobObjects, WorldBlobs } from './effects/world-blobs.js';
export { draftPatch, type PatchDraft, type PatchModules } from './governance/patch-draft.js';
export type { ShadowRequest, ShadowResult } from './governance/shadow-run.js';
export {
  type ShadowRunner,
  type ShadowThreadOptions,
  shadowHere,
  shadowInThread,
} from './governance/shadow-runner.js';
export { type OpenedForShadow, serveShadow } from './governance/shadow-thread.js';
export {
  aosHome,
  ensureHostKey,
  ensureKey,
  ensureOperatorKey,
  type KeyPlace,
  openKey,
  type Signer,
} from './keys/key-files.js';
export type { CryptoThreads } from './keys/signature-wait.js';
export { isUsableKey, SignatureVerifier } from './keys/signatures.js';
export {
  signReceipt,
  signStreamFrame,
  signVerb,
  type UnsignedFrame,
  type UnsignedReceipt,
  type VerbPlace,
} from './keys/signing.js';
export type { Ack, AckDenial, AckFault } from './loop/acks.js';
export type { DeniedEffect } from './loop/denial-log.js';
export { type HaltClearance, haltFault, signClearance } from './loop/halt.js';
export type { SubmittedInput } from './loop/intake.js';
export { type StartTimer, systemTimer } from './loop/wake-timer.js';
export {
  type AuditPorts,
  type AuditSource,
  auditItem,
  auditLine,
  auditObserver,
  auditPorts,
  auditStream,
} from './observe/audit.js';
export type { Labels, MetricFamily, MetricsReading, Sample } from './observe/instruments.js';
export {
  LOG_LEVELS,
  Log,
  type LogFields,
  type LogLevel,
  type LogOptions,
  type LogStream,
  parseLogLevel,
  writeLines,
} from './observe/log.js';
export { logObserver } from './observe/log-observer.js';
export type { ObservedWorld, WorldObserver } from './observe/observer.js';
export { PROMETHEUS_TYPE, writePrometheus } from './observe/prometheus.js';
export { WorldMetrics } from './observe/world-metrics.js';
export { openWorldHost, type WorldHostOptions } from './open-host.js';
export type { HeadReport } from './snapshots/head-check.js';
export { DEFAULT_SNAPSHOT_POLICY, type SnapshotPolicy } from './snapshots/snapshot-policy.js';
export { type FillEntropy, Stamper, type StampOrigin, systemEntropy } from './stamper.js';
export {
  type Checkpoint,
  type CheckpointOptions,
  type CheckpointReport,
  replayCheckpoints,
} from './time/checkpoints.js';
export { type DiffPart, type DiffSide, diffWorlds, type WorldDiff } from './time/diff.js';
export { draftFork, type ForkDraft, type ForkRequest } from './time/fork.js';
export { heightOf } from './time/height.js';
export {
  type CandidateReplayOptions,
  type ReplayCandidate,
  replayCandidate,
} from './time/replay-candidate.js';
export { draftRewind, type RewindDraft, type RewindRequest } from './time/rewind.js';
export { type AuthoringFolder, readAuthoringFolder } from './world/air-folder.js';
export {
  type FoundedWorld,
  type FoundingPlan,
  type FoundingPorts,
  type FoundingResult,
  foundWorld,
} from './world/found-world.js';
export { worldAfter } from './world/heights.js';
export type { HostEngine } from './world/host-engine.js';
export { loadWorld, objectsMissing } from './world/load-world.js';
export { divergedFault, type OpenedWorld, type OpenFrom, openWorld } from './world/open-world.js';
export { SharedDefinitions } from './world/shared-definitions.js';
export {
  type ChainFailure,
  type ChainOptions,
  type ChainReport,
  type KeptHead,
  verifyChain,
} from './world/verify-chain.js';
export { type VerifyOptions, type VerifyReport, verifyWorld } from './world/verify-world.js';
export { type Opening, WorldHost } from './world-host.js';
