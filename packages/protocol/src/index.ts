export {
  type Adapter,
  type BlobPort,
  type ByteRange,
  type CallGrant,
  type CancelSignal,
  type EffectCall,
  type EffectClock,
  type EffectContext,
  type EffectFailure,
  type EffectImplementation,
  type EffectOutcome,
  failedOutcome,
  okOutcome,
} from './adapter.js';
export { callLimitsOf, DEFAULT_CALL_LIMITS } from './call-limits.js';
export type { WorldAccess } from './control/access.js';
export type {
  DraftArgs,
  DraftResult,
  GovernanceArgs,
  GovernanceVerbs,
  ProposalShape,
  QuorumShape,
  ShadowArgs,
  ShadowShape,
  SigningPlace,
  VoiceShape,
} from './control/governance-verbs.js';
export type {
  CollectShape,
  DiskShape,
  GrowthVerbs,
  HeadShape,
  ProofShape,
  PruneShape,
} from './control/growth-verbs.js';
export {
  type ClientMessage,
  CONTROL_VERSION,
  type ControlError,
  DEFAULT_CREDIT,
  type HelloMessage,
  MAX_CREDIT,
  MAX_MESSAGE_BYTES,
  parseClientMessage,
  parseServerMessage,
  type RequestMessage,
  refusalOf,
  type ServerMessage,
} from './control/messages.js';
export {
  CONTROL_STREAMS,
  CONTROL_VERBS,
  isControlStream,
  isControlVerb,
  type ParsedArgs,
  parseControlArgs,
  type StateAt,
  type ValueForm,
} from './control/parse-args.js';
export {
  describePlain,
  isPlainRecord,
  newPlainRecord,
  PLAIN_MAX,
  PLAIN_MIN,
  type PlainRecord,
  type PlainRecordBuilder,
  type PlainValue,
  plainField,
  plainInteger,
} from './control/plain-value.js';
export { callKind, MAX_OPEN } from './control/request-kind.js';
export type {
  AckShape,
  BlockerShape,
  CellShape,
  CellsResult,
  DeadLetterShape,
  DefinitionShape,
  DenialShape,
  EntryShape,
  HaltShape,
  InstanceShape,
  IntentShape,
  KeyShape,
  LiveShape,
  PlanEndShape,
  PlanEndsShape,
  ProvenanceShape,
  RecordShape,
  RestShape,
  SendResult,
  ShortageShape,
  SnapshotShape,
  StateResult,
  StatusShape,
  WaitLevel,
} from './control/shapes.js';
export { WAIT_LEVELS } from './control/shapes.js';
export { frameArgs, receiptArgs, signedVerbArgs } from './control/signed-args.js';
export {
  type DecisionShape,
  type EffectShape,
  type ReceiptShape,
  STANDINGS,
  type Standing,
  type TracedFaultShape,
  type TracedPlanShape,
  type TraceShape,
} from './control/trace-shapes.js';
export type {
  CellsArgs,
  ControlArgs,
  ControlItem,
  ControlResult,
  ControlStream,
  ControlStreams,
  ControlVerb,
  ControlVerbs,
  EventArgs,
  ReceiptDraft,
  TailArgs,
  WhyArgs,
} from './control/verbs.js';
export type { ApprovalRequestedEntry } from './entries/approval-requested.js';
export type { Cause, EntryPlace } from './entries/cause.js';
export type { DecisionEntry, DecisionOutcome } from './entries/decision.js';
export type { DomainEventEntry } from './entries/domain-event.js';
export type { DroppedEntry } from './entries/dropped.js';
export { type Entry, type EntryKind, encodeEntry } from './entries/entry.js';
export type { GovernanceChangedEntry, ProposalChange } from './entries/governance-changed.js';
export { IDEMPOTENCY_KEY_BYTES, type IntentEntry } from './entries/intent.js';
export type { KeyringChangedEntry } from './entries/keyring-changed.js';
export {
  type Instance,
  isReducerOrigin,
  type Origin,
  type PlanOrigin,
  parseInstance,
  parseOrigin,
  type ReducerOrigin,
  writeInstance,
  writeOrigin,
} from './entries/origin.js';
export { PLAN_STATUSES, type PlanEndedEntry, type PlanStatus } from './entries/plan-ended.js';
export type { PlanResultEntry } from './entries/plan-result.js';
export type { PlanStartedEntry } from './entries/plan-started.js';
export type { PlanStepEntry, PlanStepOutcome } from './entries/plan-step.js';
export type { ReducerFaultEntry } from './entries/reducer-fault.js';
export type { SettledEntry } from './entries/settled.js';
export type { StateChangedEntry } from './entries/state-changed.js';
export {
  decodePureOutput,
  encodePureContext,
  encodePureInput,
  type PureContext,
  type PureInput,
} from './envelopes/pure.js';
export {
  ABI_VERSION,
  decodeReducerOutput,
  type EmittedEffect,
  type EmittedEvent,
  encodeReducerContext,
  encodeReducerInput,
  type ReducerContext,
  type ReducerInput,
  type ReducerOutput,
  withReducerInput,
} from './envelopes/reducer.js';
export { AosFault, type Retry } from './fault.js';
export {
  adviceOnFormat,
  decodeGenesis,
  encodeGenesis,
  GENESIS_FORMAT,
  type Genesis,
  type GenesisParent,
  worldIdOf,
} from './genesis/genesis.js';
export { type KeyRole, type KeyringEntry, keyIdOf } from './genesis/keyring.js';
export {
  CURRENT_RUNTIME,
  parseRuntime,
  type RuntimeLimits,
  type RuntimeNumbers,
  runtimeValue,
} from './genesis/runtime.js';
export type {
  CollectOutcome,
  CollectSetting,
  DiskUse,
  PruneOutcome,
  PruneSetting,
  StoreGrowth,
} from './growth.js';
export {
  defaultIdempotencyKey,
  type EffectPlace,
  type EventIdentity,
  encodeEvent,
  eventHash,
  type GrantBudgetIdentity,
  type GrantIdentity,
  grantHash,
  type IntentIdentity,
  intentHash,
} from './identity.js';
export type { ContinueInput } from './inputs/continue.js';
export type { ControlInput } from './inputs/control.js';
export type { EventInput } from './inputs/event.js';
export type { GovernanceInput } from './inputs/governance.js';
export { encodeInput, type Input, type InputKind, type SignedVerbInput } from './inputs/input.js';
export type { KeyringInput } from './inputs/keyring.js';
export type { ReceiptInput } from './inputs/receipt.js';
export type { StreamFrameInput } from './inputs/stream-frame.js';
export type { TickInput } from './inputs/tick.js';
export {
  ATTESTATION_VERSION,
  type Attestation,
  type AttestationSignature,
  type AttestationType,
  type AttestedKey,
  type AttestedParts,
  type AttestedPayload,
  attestationMessage,
  type SignedShape,
  signAttestation,
  signedShape,
} from './interchange/attestation.js';
export {
  APPROVAL_VERBS,
  checkAttestation,
  type HoldsCheck,
} from './interchange/check-attestation.js';
export { readAttestation } from './interchange/read-attestation.js';
export { renderValue } from './interchange/rendering.js';
export type { HaltClearedMark, HaltMark, PrunedMark, SnapshotMark, StoreMark } from './mark.js';
export { Frontier, type FrontierShape } from './merkle/frontier.js';
export {
  decodeStoredHead,
  encodeStoredHead,
  type Head,
  type HeadSignature,
  headMessage,
  type StoredHead,
} from './merkle/head.js';
export {
  consistencyRanges,
  inclusionRanges,
  type LeafRange,
  type LeafSource,
  rangeRoots,
} from './merkle/proof.js';
export { leafHash, nodeHash } from './merkle/tree.js';
export {
  type ConsistencyClaim,
  type InclusionClaim,
  verifyConsistency,
  verifyInclusion,
} from './merkle/verify.js';
export {
  BLOB_PIECE_BYTES,
  type BlobList,
  decodeBlobList,
  encodeBlobList,
  isBlobList,
} from './objects/blob-list.js';
export { objectLinks } from './objects/object-links.js';
export { eachReference, referencesIn } from './objects/references.js';
export {
  decodeTree,
  encodeTree,
  isTree,
  MAX_TREE_ENTRIES,
  type TreeDirectory,
  type TreeEntry,
  type TreeFile,
} from './objects/tree.js';
export type { Output } from './output.js';
export type {
  Batch,
  CallLimits,
  CallOutcome,
  Engine,
  ModuleEntry,
  ObjectReader,
  StoredObject,
  WorldStore,
} from './ports.js';
export {
  chainOf,
  decodeRecord,
  decodeRecordHead,
  encodeRecord,
  type JournalRecord,
  type RecordHead,
} from './record.js';
export type { SecretPort, SecretRef, SecretRequest, SecretSource } from './secrets.js';
export {
  type CarriedValue,
  carryValue,
  INLINE_VALUE_BYTES,
} from './shapes/carried-value.js';
export { shapeRefusal } from './shapes/shape-reader.js';
export {
  type GovernanceVerb,
  isGovernanceVerb,
  MAX_DESCRIPTION_CHARS,
  type ProposalRef,
} from './signed/governance-verb.js';
export {
  encodeReceiptBody,
  RECEIPT_DOMAIN,
  RECEIPT_STATUSES,
  type ReceiptBody,
  type ReceiptStatus,
} from './signed/receipt-body.js';
export { SIGNATURE_BYTES, signedMessage } from './signed/signature.js';
export {
  encodeSignedVerb,
  NONCE_BYTES,
  type SignedVerb,
  VERBS,
  type VerbArgs,
  type VerbKind,
  type VerbName,
  verbDomain,
} from './signed/signed-verb.js';
export { encodeStreamFrame, STREAM_FRAME_DOMAIN, type StreamFrame } from './signed/stream-frame.js';
export { type ApprovalDecision, parseVerb, type Verb, verbArgs } from './signed/verb.js';
export { STAMP_ENTROPY_BYTES, type Stamp } from './stamp.js';
export {
  boundWasiModule,
  checkWasiModule,
  WASI_FUNCTIONS,
  WASI_MODULE,
  WASI_MODULE_LIMITS,
} from './wasi/wasi-module.js';
export type {
  BindAdapter,
  LentAck,
  LentEntry,
  LentEvent,
  LentView,
  WorldPort,
} from './world-port.js';
