/**
 * Entries: what a step derived, in order; replay is judged against them (spec P4). A closed list:
 * one file, one golden vector and one spec section for each kind.
 */
import { borrowWriter, returnWriter, type Value, type Writer } from '@aos/canon';
import { Fields } from '../shapes/shape-fields.js';
import { shapeRefusal } from '../shapes/shape-reader.js';
import {
  type ApprovalRequestedEntry,
  parseApprovalRequested,
  writeApprovalRequested,
} from './approval-requested.js';
import { type DecisionEntry, parseDecision, writeDecision } from './decision.js';
import { type DomainEventEntry, parseDomainEvent, writeDomainEvent } from './domain-event.js';
import { type DroppedEntry, parseDropped, writeDropped } from './dropped.js';
import {
  type GovernanceChangedEntry,
  parseGovernanceChanged,
  writeGovernanceChanged,
} from './governance-changed.js';
import { type IntentEntry, parseIntent, writeIntent } from './intent.js';
import {
  type KeyringChangedEntry,
  parseKeyringChanged,
  writeKeyringChanged,
} from './keyring-changed.js';
import { type PlanEndedEntry, parsePlanEnded, writePlanEnded } from './plan-ended.js';
import { type PlanResultEntry, parsePlanResult, writePlanResult } from './plan-result.js';
import { type PlanStartedEntry, parsePlanStarted, writePlanStarted } from './plan-started.js';
import { type PlanStepEntry, parsePlanStep, writePlanStep } from './plan-step.js';
import { parseReducerFault, type ReducerFaultEntry, writeReducerFault } from './reducer-fault.js';
import { parseSettled, type SettledEntry, writeSettled } from './settled.js';
import { parseStateChanged, type StateChangedEntry, writeStateChanged } from './state-changed.js';

export type Entry =
  | ApprovalRequestedEntry
  | DecisionEntry
  | DomainEventEntry
  | DroppedEntry
  | GovernanceChangedEntry
  | IntentEntry
  | KeyringChangedEntry
  | PlanEndedEntry
  | PlanResultEntry
  | PlanStartedEntry
  | PlanStepEntry
  | ReducerFaultEntry
  | SettledEntry
  | StateChangedEntry;
export type EntryKind = Entry['kind'];

type WriteEntry<Kind extends EntryKind> = (
  w: Writer,
  entry: Extract<Entry, { readonly kind: Kind }>,
) => void;

const writers: { readonly [Kind in EntryKind]: WriteEntry<Kind> } = {
  'approval-requested': writeApprovalRequested,
  decision: writeDecision,
  'domain-event': writeDomainEvent,
  dropped: writeDropped,
  'governance-changed': writeGovernanceChanged,
  intent: writeIntent,
  'keyring-changed': writeKeyringChanged,
  'plan-ended': writePlanEnded,
  'plan-result': writePlanResult,
  'plan-started': writePlanStarted,
  'plan-step': writePlanStep,
  'reducer-fault': writeReducerFault,
  settled: writeSettled,
  'state-changed': writeStateChanged,
};

/** The kinds of every record go ahead of the table. */
export function writeEntry(w: Writer, entry: Entry): void {
  if (entry.kind === 'state-changed') writeStateChanged(w, entry);
  else if (entry.kind === 'domain-event') writeDomainEvent(w, entry);
  else (writers[entry.kind] as (w: Writer, entry: Entry) => void)(w, entry);
}

/** Canonical bytes of one entry without a tag, as they stand inside a record. */
export function encodeEntry(entry: Entry): Uint8Array {
  const w = borrowWriter();
  writeEntry(w, entry);
  const bytes = w.finish();
  returnWriter(w);
  return bytes;
}

const parsers: { readonly [kind in EntryKind]: (fields: Fields) => Entry } = {
  'approval-requested': parseApprovalRequested,
  decision: parseDecision,
  'domain-event': parseDomainEvent,
  dropped: parseDropped,
  'governance-changed': parseGovernanceChanged,
  intent: parseIntent,
  'keyring-changed': parseKeyringChanged,
  'plan-ended': parsePlanEnded,
  'plan-result': parsePlanResult,
  'plan-started': parsePlanStarted,
  'plan-step': parsePlanStep,
  'reducer-fault': parseReducerFault,
  settled: parseSettled,
  'state-changed': parseStateChanged,
};

/** All of them. */
export const ENTRY_KINDS: readonly string[] = Object.keys(parsers);

/** Refuses with `entry-kind` for an unknown kind and `shape-*` for wrong fields. */
export function parseEntry(value: Value): Entry {
  const fields = new Fields(value);
  const kind = fields.text('kind');
  if (!Object.hasOwn(parsers, kind)) {
    throw shapeRefusal('entry-kind', `unknown entry kind '${kind}'`);
  }
  const entry = parsers[kind as EntryKind](fields);
  fields.end();
  return entry;
}
