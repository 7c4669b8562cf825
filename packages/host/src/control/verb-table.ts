/** Every verb, and who answers it. */
import { RefusalError } from '@aos/canon';
import type {
  ControlItem,
  ControlResult,
  ControlStream,
  ControlVerb,
  ParsedArgs,
} from '@aos/protocol';
import {
  draftProposal,
  listProposals,
  runShadowVerb,
  sendGovernance,
  sendPropose,
  showProposal,
} from '../governance/verbs.js';
import { auditPorts, auditStream } from '../observe/audit.js';
import { listEffects } from '../trace/effect-list.js';
import { listReceipts } from '../trace/receipt-list.js';
import { inSlices } from '../trace/slices.js';
import { traceOf } from '../trace/trace-of.js';
import { nextDurable } from './durability.js';
import type { JournalIndex } from './journal-index.js';
import type { PastWorlds } from './past-worlds.js';
import { getBlob, putBlob } from './verbs/blobs.js';
import { getDefinition, getManifest, listDefinitions, listKeys } from './verbs/definitions.js';
import { collectGarbage, pruneJournal, showDisk, showSignedHead } from './verbs/growth.js';
import { draftReceipt, listIntents } from './verbs/intents.js';
import { showHead, tailJournal } from './verbs/journal-tail.js';
import {
  clearHalt,
  listDeadLetters,
  listDenials,
  listPlans,
  takeSnapshot,
} from './verbs/operations.js';
import { quiesce } from './verbs/rest.js';
import { sendEvent, sendFrame, sendReceipt, sendVerb, startPlan } from './verbs/sends.js';
import { getState, showCells } from './verbs/states.js';
import { showStatus } from './verbs/status.js';
import { explainWhy } from './verbs/whys.js';
import { type ControlView, refusal } from './view.js';

/** What verbs of one world have in common. */
export interface VerbPorts {
  readonly view: ControlView;
  readonly past: PastWorlds;
  readonly index: JournalIndex;
}

type Answer<V extends ControlVerb> = ControlResult<V> | Promise<ControlResult<V>>;

export const verbTable: {
  readonly [V in ControlVerb]: (
    ports: VerbPorts,
    args: ParsedArgs<V>,
    signal: AbortSignal | undefined,
  ) => Answer<V>;
} = {
  status: ({ view }, args) => showStatus(view, args),
  'event.send': ({ view }, args, signal) => sendEvent(view, { ...args, signal }),
  'plan.start': ({ view }, args, signal) => startPlan(view, { ...args, signal }),
  'receipt.draft': ({ view }, args) => draftReceipt(view, args),
  'receipt.send': ({ view }, args, signal) => sendReceipt(view, { ...args, signal }),
  'frame.send': ({ view }, args, signal) => sendFrame(view, { ...args, signal }),
  'verb.send': ({ view }, args, signal) => sendVerb(view, { ...args, signal }),
  'state.get': ({ view, past }, args, signal) => getState(view, past, { ...args, signal }),
  'cells.list': ({ view, past }, args, signal) => showCells(view, past, { ...args, signal }),
  'blob.get': ({ view }, args) => getBlob(view, args),
  'blob.put': ({ view }, args) => putBlob(view, args),
  'definition.list': ({ view }, args) => listDefinitions(view, args),
  'definition.get': ({ view }, args) => getDefinition(view, args),
  'manifest.get': ({ view }) => getManifest(view),
  'keyring.list': ({ view }) => listKeys(view),
  'journal.head': ({ view }) => showHead(view),
  'intents.list': ({ view }, args) => listIntents(view, args),
  'effects.list': async ({ index }, args, signal) =>
    inSlices(listEffects(await index.source(), args), signal),
  'receipts.list': async ({ index }, args, signal) =>
    inSlices(listReceipts(await index.source(), args), signal),
  'plans.list': ({ view, past }, args, signal) => listPlans(view, past, { ...args, signal }),
  trace: async ({ index }, { what, limit }, signal) => {
    const options = limit === undefined ? {} : { maxPlaces: limit };
    const found = await inSlices(traceOf(await index.source(), what, options), signal);
    if (found.ok) return found.value;
    throw new RefusalError(found.refusal);
  },
  why: ({ index }, args, signal) => explainWhy(index, { ...args, signal }),
  'dead-letters.list': ({ view }) => listDeadLetters(view),
  'denials.list': ({ view }) => listDenials(view),
  quiesce: ({ view }, args, signal) => quiesce(view, { ...args, signal }),
  snapshot: ({ view }) => takeSnapshot(view),
  disk: ({ view }) => showDisk(view),
  gc: ({ view }, args) => collectGarbage(view, args),
  prune: ({ view }, args) => pruneJournal(view, args),
  head: ({ view }, args) => showSignedHead(view, args),
  'halt.clear': ({ view }, args) => clearHalt(view, args),
  'governance.draft': ({ view }, args) => draftProposal(view, args),
  'governance.propose': ({ view }, args, signal) => sendPropose(view, { ...args, signal }),
  'governance.shadow': ({ view }, args) => runShadowVerb(view, args),
  'governance.shadowed': ({ view }, args, signal) =>
    sendGovernance(view, 'shadowed', { ...args, signal }),
  'governance.approve': ({ view }, args, signal) =>
    sendGovernance(view, 'approve', { ...args, signal }),
  'governance.reject': ({ view }, args, signal) =>
    sendGovernance(view, 'reject', { ...args, signal }),
  'governance.withdraw': ({ view }, args, signal) =>
    sendGovernance(view, 'withdraw', { ...args, signal }),
  'governance.apply': ({ view }, args, signal) =>
    sendGovernance(view, 'apply', { ...args, signal }),
  'governance.list': ({ view }, args) => listProposals(view, args),
  'governance.show': ({ view }, args) => showProposal(view, args),
  metrics: ({ view }) => {
    const { metrics } = view.options;
    if (metrics !== undefined) return { text: metrics() };
    throw notServed('metrics');
  },
  shutdown: ({ view }) => {
    const { shutdown } = view.options;
    if (shutdown === undefined) throw notServed('shutdown');
    setImmediate(shutdown);
    return { stopping: true };
  },
};

export const streamTable: {
  readonly [V in ControlStream]: (
    ports: VerbPorts,
    args: ParsedArgs<V>,
    signal: AbortSignal,
  ) => AsyncIterator<ControlItem<V>>;
} = {
  'journal.tail': ({ view }, args, signal) => tailJournal(view, args, signal),
  audit: ({ view }, args, signal) => {
    const items = view.options.audit?.(args, signal) ?? auditOf(view, args, signal);
    return items[Symbol.asyncIterator]();
  },
};

/** What the journal says, unless somebody else tells what auditors are told. */
function auditOf(view: ControlView, { from, follow }: ParsedArgs<'audit'>, signal: AbortSignal) {
  const { store } = view;
  const source = {
    head: () => view.head,
    records: (seq: number) => store.records(seq),
    ports: () => view.read((world) => auditPorts(world, store)),
    ...(view.isLiving && {
      next: (seq: number, left: AbortSignal) => nextDurable(view, seq, left),
    }),
  };
  return auditStream(source, { from: from ?? store.first, follow }, signal);
}

function notServed(verb: string) {
  const detail = `the verb '${verb}' is not served here; ask the daemon of the world`;
  return refusal('control-verb', '/verb', detail);
}
