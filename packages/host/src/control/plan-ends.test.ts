/** Records that a world makes durable while somebody waits for the ends of their plans. */
import { encode } from '@aos/canon';
import type { Entry, JournalRecord } from '@aos/protocol';
import { expect, it } from 'vitest';
import type { DurableRecord, HostEvents } from '../loop/host-watch.js';
import { type EndsView, PlanEnds } from './plan-ends.js';

const record = (seq: number, entries: readonly object[]): DurableRecord => {
  const made = { seq, input: { kind: 'event' }, entries: entries as readonly Entry[] };
  const none = new Uint8Array(32) as DurableRecord['chain'];
  return { record: made as JournalRecord, bytes: none, chain: none };
};
const started = { kind: 'plan-started', parent: null, plan: 't/plan@1' };
const endOf = (seq: number, value: object) => [
  { kind: 'plan-result', instance: { seq, i: 0 }, schema: 't/Any@1', value },
  { kind: 'plan-ended', instance: { seq, i: 0 }, status: 'ok', code: null },
];

it('a result that cannot be read concerns those alone who wait for it', async () => {
  const watching = new Set<HostEvents>();
  const kept = [record(0, [started]), record(1, [started])];
  const view = {
    host: {
      watch: (events: HostEvents) => {
        watching.add(events);
        return () => watching.delete(events);
      },
    },
    recent: { follow: () => () => undefined, from: (seq: number) => kept.slice(seq) },
    head: 1,
    read: async () => ({
      definition: { schemas: new Map(), reducers: [] },
      object: () => {
        throw new Error('the disk does not read');
      },
    }),
  };
  const ends = new PlanEnds(view as unknown as EndsView);
  const wait = { timeoutMs: 60_000, signal: undefined };
  const bad = ends.after(async () => 0, wait);
  const good = ends.after(async () => 1, wait);
  const rejected = expect(bad).rejects.toMatchObject({ code: 'store-failed' });
  await new Promise((resolve) => setImmediate(resolve));
  const tell = (told: DurableRecord) => {
    // as the host does it: one that throws is told no more
    for (const each of [...watching]) {
      try {
        each.durable?.([told]);
      } catch {
        watching.delete(each);
      }
    }
  };
  tell(record(2, endOf(0, { ref: new Uint8Array(32) })));
  tell(record(3, endOf(1, { inline: encode(7) })));
  await rejected;
  const plan = { plan: 't/plan@1', instance: '1/0', status: 'ok', code: null, value: 7 };
  expect(await good).toEqual({ timed_out: false, plans: [plan] });
});
