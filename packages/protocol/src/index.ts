export { callLimitsOf, DEFAULT_CALL_LIMITS } from './call-limits.js';
export {
  type CarriedValue,
  carryValue,
  INLINE_VALUE_BYTES,
} from './carried-value.js';
export type { Cause } from './entries/cause.js';
export type { DomainEventEntry } from './entries/domain-event.js';
export { type Entry, type EntryKind, encodeEntry } from './entries/entry.js';
export type { ReducerFaultEntry } from './entries/reducer-fault.js';
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
  CURRENT_RUNTIME,
  decodeGenesis,
  encodeGenesis,
  GENESIS_FORMAT,
  type Genesis,
  type KeyRole,
  type KeyringEntry,
  type RuntimeLimits,
  type RuntimeNumbers,
  worldIdOf,
} from './genesis.js';
export {
  type EventIdentity,
  encodeEvent,
  eventHash,
  type GrantIdentity,
  grantHash,
  type IntentIdentity,
  intentHash,
} from './identity.js';
export type { EventInput, Input } from './input.js';
export type {
  Batch,
  CallLimits,
  CallOutcome,
  Engine,
  ModuleEntry,
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
export { STAMP_ENTROPY_BYTES, type Stamp } from './stamp.js';
