/** For each rule a part that breaks it: the checker of the rule has to say so. */
import { decodeRecord, encodeRecord, type JournalRecord } from '@aos/protocol';
import type { DiskStore } from '@aos/store';
import type { RuleName } from '../../src/simulation/checkers/rules.js';
import { type SimParts, withAppend, withProperties } from '../../src/simulation/parts.js';

interface BrokenPart extends SimParts {
  readonly rule: RuleName;
  readonly what: string;
}

export const BROKEN_PARTS: readonly BrokenPart[] = [
  {
    rule: 'live = replay',
    what: 'a host that shows a world some time ahead of its records',
    host: (host) =>
      withProperties(host, {
        read: (look) =>
          host.read((world) => look({ ...world, logicalNowNs: world.logicalNowNs + 1n })),
      }),
  },
  {
    rule: 'nothing out before commit',
    what: 'a store that says that records are durable before they are',
    store: (store) =>
      withAppend(store, async (batch) => {
        store.append(batch).catch(() => undefined);
      }),
  },
  {
    rule: 'each intent settles at most once',
    what: 'a journal in which everything that settles does so twice',
    found: (store) =>
      withRecords(store, (record) => ({
        ...record,
        entries: record.entries.flatMap((entry): (typeof entry)[] =>
          entry.kind === 'settled' ? [entry, entry] : [entry],
        ),
      })),
  },
  {
    rule: 'acknowledged is durable',
    what: 'a disk whose flushes do nothing',
    disk: { lieAboutFlush: true },
  },
  {
    rule: 'authority only grows by approval',
    what: 'a journal in which nobody has approved of anything',
    found: (store) =>
      withRecords(store, (record) => ({
        ...record,
        entries: record.entries.filter(
          (entry) => entry.kind !== 'governance-changed' || entry.change !== 'approval',
        ),
      })),
  },
  {
    rule: 'everything reachable is stored',
    what: 'a store that loses one object of each append',
    store: (store) =>
      withAppend(store, (batch) => store.append({ ...batch, objects: batch.objects.slice(1) })),
  },
  {
    rule: 'a refused change changes nothing',
    what: 'a host that says no to what it has done',
    host: (host) =>
      withProperties(host, {
        submit: async (input) => {
          const result = await host.submit(input);
          if (!result.ok || input.kind !== undefined) return result;
          return { ok: false, refusal: { code: 'event-unreadable', at: '', detail: '' } };
        },
      }),
  },
  {
    rule: 'a turned bit is noticed',
    what: 'a store that leaves out its last record and says nothing of it',
    flipped: (store) => {
      const tail = { clean: true, ignoredBytes: 0 };
      return withProperties(store, { records: () => [...store.records(0)].slice(0, -1), tail });
    },
  },
];

/** The store with other records in the place of its own. */
function withRecords(store: DiskStore, change: (record: JournalRecord) => JournalRecord) {
  const changed = (bytes: Uint8Array) => {
    const record = decodeRecord(bytes);
    return record.ok ? encodeRecord(change(record.value)) : bytes;
  };
  return withProperties(store, {
    *records(from: number) {
      for (const bytes of store.records(from)) yield changed(bytes);
    },
  });
}
