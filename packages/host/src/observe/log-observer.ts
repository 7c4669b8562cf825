/**
 * What a log says of a world. Values of events, states, parameters and receipts are never in it,
 * but at the level `trace`, which shows entries as `aos journal tail` does.
 */
import { type Hash, type Refusal, toHashText } from '@aos/canon';
import { type DescribePorts, describeEntry, printPlace } from '@aos/kernel';
import type { AosFault, Entry, EntryKind, Input, InputKind, JournalRecord } from '@aos/protocol';
import type { DurableRecord, EffectStart, Flush } from '../loop/host-watch.js';
import type { Log, LogFields, LogLevel } from './log.js';
import type { ObservedWorld, WorldObserver } from './observer.js';
import { settledCode } from './settled-code.js';

/** Writes what happens to a world; each line has the field `world`. */
export function logObserver(log: Log): WorldObserver {
  return new LogObserver(log);
}

class LogObserver implements WorldObserver {
  #log: Log;
  #ports: DescribePorts | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  opened({ worldId, opening, now, store }: ObservedWorld): void {
    this.#log = this.#log.with({ world: worldId });
    this.#ports = {
      definition: now().program.definition,
      object: (hash) => store.object(hash),
    };
    const { from, replayed, passedOver } = opening;
    const seq = from === 'genesis' ? undefined : from.seq;
    const records = now().seq;
    this.#log.write('info', 'world-opened', { records, snapshot: seq, replayed });
    if (passedOver !== undefined) {
      this.#log.write('warn', 'snapshot-passed-over', { code: passedOver.code });
    }
  }

  record({ record }: DurableRecord): void {
    const { seq, input, entries, fuel } = record;
    const level = INPUT_LEVELS[input.kind];
    if (this.#log.isOn(level)) {
      const fields = { seq, ...inputFields(input), entries: entries.length, fuel };
      this.#log.write(level, INPUT_EVENTS[input.kind] ?? `${input.kind}-taken`, fields);
    }
    entries.forEach((entry, i) => {
      this.#entry(entry, record, i);
    });
  }

  /** Most entries are below the level: what there is to say of one is found out only then. */
  #entry(entry: Entry, { seq, input }: JournalRecord, i: number): void {
    const level = levelOf(entry);
    if (!this.#log.isOn(level)) return;
    const place = printPlace({ seq, i });
    const fields = { place, ...entryFields(entry, input), ...this.#shown(entry) };
    this.#log.write(level, ENTRY_EVENTS[entry.kind] ?? entry.kind, fields);
  }

  refused({ code, at, detail }: Refusal): void {
    const more = this.#log.isOn('debug') ? { detail } : {};
    const level = BY_THE_WAY.has(code) ? 'debug' : 'warn';
    this.#log.write(level, 'input-refused', { code, at: at === '' ? undefined : at, ...more });
  }

  flushed({ records, objects, sizeBytes, durationNs }: Flush): void {
    const us = Number(durationNs / 1000n);
    this.#log.write('trace', 'flushed', { records, objects, bytes: sizeBytes, us });
  }

  started({ intent, effect, adapter, starts }: EffectStart): void {
    const fields = { effect, adapter, intent: toHashText(intent), starts };
    this.#log.write(starts > 1 ? 'info' : 'debug', 'effect-started', fields);
  }

  stopped(fault: AosFault): void {
    const { code, message } = fault;
    if (code === 'world-closed') this.#log.write('info', 'world-closed');
    else this.#log.write('error', 'world-stopped', { code, message });
  }

  failed(cause: unknown): void {
    this.#log.write('error', 'log-failed', { cause });
  }

  #shown(entry: Entry): LogFields {
    if (this.#ports === undefined || !this.#log.isOn('trace')) return {};
    return { shown: describeEntry(entry, this.#ports) };
  }
}

/** Refusals of receipts that came when their effect had ended otherwise, as at its deadline. */
const BY_THE_WAY = new Set(['receipt-duplicate', 'receipt-epoch', 'receipt-unknown']);

const INPUT_LEVELS: { readonly [kind in InputKind]: LogLevel } = {
  event: 'debug',
  receipt: 'debug',
  'stream-frame': 'trace',
  control: 'info',
  governance: 'info',
  keyring: 'info',
  tick: 'trace',
  continue: 'trace',
};
const INPUT_EVENTS: { readonly [kind in InputKind]?: string } = {
  'stream-frame': 'frame-taken',
  control: 'verb-taken',
  governance: 'verb-taken',
  keyring: 'verb-taken',
};

const ENTRY_LEVELS: { readonly [kind in EntryKind]?: LogLevel } = {
  'approval-requested': 'info',
  dropped: 'warn',
  intent: 'info',
  'keyring-changed': 'info',
  'plan-started': 'info',
  'reducer-fault': 'warn',
};
const ENTRY_EVENTS: { readonly [kind in EntryKind]?: string } = {
  intent: 'effect-asked',
  settled: 'effect-settled',
};

function levelOf(entry: Entry): LogLevel {
  switch (entry.kind) {
    case 'decision':
      return entry.outcome === 'deny' ? 'warn' : 'debug';
    case 'settled':
      return entry.status === 'error' || entry.status === 'timeout' ? 'warn' : 'info';
    case 'plan-ended':
      return entry.status === 'error' ? 'warn' : 'info';
    default:
      return ENTRY_LEVELS[entry.kind] ?? 'trace';
  }
}

const text = (hash: Hash) => toHashText(hash);

function inputFields(input: Input): LogFields {
  switch (input.kind) {
    case 'event':
      return { schema: input.schema, source: input.source };
    case 'receipt': {
      const { intentHash, adapterId, status } = input.receipt;
      return { intent: text(intentHash), adapter: adapterId, status };
    }
    case 'stream-frame':
      return { intent: text(input.frame.intentHash), index: input.frame.index };
    case 'control':
    case 'governance':
    case 'keyring':
      return { verb: input.verb, key: text(input.keyId) };
    case 'tick':
    case 'continue':
      return {};
  }
}

function entryFields(entry: Entry, input: Input): LogFields {
  switch (entry.kind) {
    case 'reducer-fault':
      return { reducer: entry.reducer, code: entry.code, fuel: entry.fuel };
    case 'decision': {
      const { intent, effect, cap, outcome, code, rule } = entry;
      return { effect, intent: text(intent), cap, outcome, code, rule };
    }
    case 'intent':
      return { effect: entry.effect, intent: text(entry.intent), attempt: entry.attempt };
    case 'settled': {
      const { intent, status } = entry;
      return { intent: text(intent), status, code: settledCode(entry, input) };
    }
    case 'plan-started':
      return { plan: entry.plan, parent: entry.parent && printPlace(entry.parent) };
    case 'plan-ended': {
      const { instance, status, code } = entry;
      return { instance: printPlace(instance), status, code };
    }
    case 'approval-requested':
      return { intent: text(entry.intent), role: entry.role, count: entry.count };
    case 'dropped':
      return { code: entry.code, intent: entry.intent && text(entry.intent) };
    case 'keyring-changed':
      return { verb: entry.verb, key: text(entry.keyId) };
    default:
      return {};
  }
}
