/**
 * What a log says of a world. Values of events, states, parameters and receipts are never in it,
 * but at the level `trace`, which shows entries as `aos journal tail` does.
 */
import { type Hash, type Refusal, toHashText } from '@aos/canon';
import { type DescribePorts, describeEntry, printPlace } from '@aos/kernel';
import type { AosFault, Entry, Input, JournalRecord } from '@aos/protocol';
import type { DurableRecord, EffectStart, Flush } from '../loop/host-watch.js';
import type { Log, LogFields, LogLevel } from './log.js';
import type { ObservedWorld, WorldObserver } from './observer.js';
import { settledCode } from './settled-code.js';

interface Line {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
}

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
    const line = lineOfInput(input);
    this.#write({ ...line, fields: { seq, ...line.fields, entries: entries.length, fuel } });
    entries.forEach((entry, i) => {
      const { level, event, fields } = lineOfEntry(entry, record);
      const place = printPlace({ seq, i });
      this.#write({ level, event, fields: { place, ...fields, ...this.#shown(entry) } });
    });
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

  #write({ level, event, fields }: Line): void {
    this.#log.write(level, event, fields);
  }

  #shown(entry: Entry): LogFields {
    if (this.#ports === undefined || !this.#log.isOn('trace')) return {};
    return { shown: describeEntry(entry, this.#ports) };
  }
}

/** Refusals of receipts that came when their effect had ended otherwise, as at its deadline. */
const BY_THE_WAY = new Set(['receipt-duplicate', 'receipt-epoch', 'receipt-unknown']);

const text = (hash: Hash) => toHashText(hash);

function lineOfInput(input: Input): Line {
  switch (input.kind) {
    case 'event': {
      const { schema, source } = input;
      return { level: 'debug', event: 'event-taken', fields: { schema, source } };
    }
    case 'receipt': {
      const { intentHash, adapterId, status } = input.receipt;
      const fields = { intent: text(intentHash), adapter: adapterId, status };
      return { level: 'debug', event: 'receipt-taken', fields };
    }
    case 'stream-frame': {
      const { intentHash, index } = input.frame;
      const fields = { intent: text(intentHash), index };
      return { level: 'trace', event: 'frame-taken', fields };
    }
    case 'control':
    case 'governance':
    case 'keyring': {
      const { verb, keyId } = input;
      return { level: 'info', event: 'verb-taken', fields: { verb, key: text(keyId) } };
    }
    case 'tick':
    case 'continue':
      return { level: 'trace', event: `${input.kind}-taken`, fields: {} };
  }
}

function lineOfEntry(entry: Entry, { seq, input }: JournalRecord): Line {
  switch (entry.kind) {
    case 'reducer-fault': {
      const { reducer, code, fuel } = entry;
      return { level: 'warn', event: entry.kind, fields: { reducer, code, fuel } };
    }
    case 'decision': {
      const { intent, effect, cap, outcome, code, rule } = entry;
      const fields = { effect, intent: text(intent), cap, outcome, code, rule };
      return { level: outcome === 'deny' ? 'warn' : 'debug', event: entry.kind, fields };
    }
    case 'intent': {
      const { intent, effect, attempt } = entry;
      return {
        level: 'info',
        event: 'effect-asked',
        fields: { effect, intent: text(intent), attempt },
      };
    }
    case 'settled': {
      const { intent, status } = entry;
      const level = status === 'error' || status === 'timeout' ? 'warn' : 'info';
      const code = settledCode(entry, input);
      return { level, event: 'effect-settled', fields: { intent: text(intent), status, code } };
    }
    case 'plan-started': {
      const { plan, parent } = entry;
      return {
        level: 'info',
        event: entry.kind,
        fields: { plan, parent: parent && printPlace(parent) },
      };
    }
    case 'plan-ended': {
      const { instance, status, code } = entry;
      const fields = { instance: printPlace(instance), status, code };
      return { level: status === 'error' ? 'warn' : 'info', event: entry.kind, fields };
    }
    case 'approval-requested': {
      const { intent, role, count } = entry;
      return { level: 'info', event: entry.kind, fields: { intent: text(intent), role, count } };
    }
    case 'dropped': {
      const { code, intent } = entry;
      return { level: 'warn', event: entry.kind, fields: { code, intent: intent && text(intent) } };
    }
    case 'keyring-changed': {
      const { verb, keyId } = entry;
      return { level: 'info', event: entry.kind, fields: { verb, key: text(keyId) } };
    }
    default:
      return { level: 'trace', event: entry.kind, fields: { seq } };
  }
}
