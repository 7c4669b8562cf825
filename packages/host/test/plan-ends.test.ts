/** Waiting for the plans that a record has started. */
import { openControl } from '@aos/host';
import { okOutcome } from '@aos/protocol';
import { describe, expect, it, vi } from 'vitest';
import { newEffectStore, openStage, type Stage, type StageOptions, turns } from './effect-world.js';
import { orderEngine } from './order-world.js';
import { must } from './stage.js';

function living(options: StageOptions = {}) {
  const { store = newEffectStore() } = options;
  const stage = openStage({ ...options, store });
  const control = openControl({ store, engine: orderEngine(), host: stage.host });
  const start = (name: string, more: object = {}) =>
    control.call('event.send', { schema: `t/${name}@1`, value: { n: 5 }, wait: 'ended', ...more });
  return { ...stage, store, control, start };
}

const endOf = (name: string, seq: number, i = 0) => ({
  ...{ plan: `t/plan-${name}@1`, instance: `${seq}/${i}` },
  ...{ status: 'ok', code: null, value: null },
});

/** Leaves calls to the test. */
function hold({ slow }: Pick<Stage, 'slow'>): void {
  slow.reply = () => undefined;
}

describe('a send that waits for the end', () => {
  it('is answered with how the plans ended, when that is durable', async () => {
    const { start, control, store } = living();
    const all = await Promise.all(Array.from({ length: 20 }, () => start('Chain')));
    for (const each of all) {
      const { ack, ends, wait, rest } = must(each);
      expect([wait, rest]).toEqual(['ended', null]);
      expect(ends).toEqual({ timed_out: false, plans: [endOf('Chain', ack?.seq ?? -1)] });
    }
    const told: unknown[] = [];
    const kinds = ['plan-ended'];
    for await (const { entries } of control.stream('journal.tail', { from: 0, kinds }))
      told.push(...entries.map(({ instance }) => (instance as { seq: number }).seq));
    const seqs = all.map((each) => must(each).ack?.seq);
    expect(told.toSorted()).toEqual(seqs.toSorted());
    expect(store.durable).toBe(store.head);
  });

  it('of what starts nothing is answered when it is durable', async () => {
    const { start } = living();
    const { ends } = must(await start('Add', { value: { by: 1 } }));
    expect(ends).toEqual({ timed_out: false, plans: [] });
  });

  it('is answered without an end when its time is up, or nobody waits any more', async () => {
    const stage = living();
    hold(stage);
    const { ends } = must(await stage.start('Slow', { timeout_ms: 1 }));
    expect(ends).toEqual({ timed_out: true, plans: [] });
    const left = new AbortController();
    const args = { schema: 't/Slow@1', value: { n: 1 }, wait: 'ended' } as const;
    const waits = [1, 2].map(() => stage.control.call('event.send', args, left.signal));
    await turns();
    left.abort();
    for (const each of await Promise.all(waits)) expect(must(each).ends?.timed_out).toBe(true);
  });

  it('with one dedup id is answered with the end of the first, even when it is over', async () => {
    const stage = living();
    hold(stage);
    const first = stage.start('Slow', { dedup: 'once' });
    const second = stage.start('Slow', { dedup: 'once' });
    await turns();
    stage.slow.calls[0]?.answer(okOutcome({ n: 7 }));
    const { ack, ends } = must(await first);
    expect(ends?.plans).toEqual([endOf('Slow', ack?.seq ?? -1)]);
    expect(must(await second).ends).toEqual(ends);
    for (let n = 0; n < 10; n++) await stage.start('Order');
    expect(must(await stage.start('Slow', { dedup: 'once' })).ends).toEqual(ends);
  });

  it('reads no further than to the end of the plans, nor when its time is up', async () => {
    const stage = living();
    hold(stage);
    const ended = stage.start('Slow', { dedup: 'ended' });
    await turns();
    stage.slow.calls[0]?.answer(okOutcome({ n: 7 }));
    const { ends } = must(await ended);
    await stage.start('Slow', { dedup: 'open', timeout_ms: 0 });
    const more = { schema: 't/Add@1', value: { by: 1 } };
    await Promise.all(Array.from({ length: 600 }, () => stage.control.call('event.send', more)));
    const read = vi.spyOn(stage.store, 'records');
    expect(must(await stage.start('Slow', { dedup: 'ended' })).ends).toEqual(ends);
    const again = await stage.start('Slow', { dedup: 'open', timeout_ms: 0 });
    expect(must(again).ends).toEqual({ timed_out: true, plans: [] });
    expect(read.mock.calls.filter(([from]) => from > 100)).toEqual([]);
  });

  it('is rejected when the world stops', async () => {
    const stage = living({ effects: { drainMs: 1 } });
    hold(stage);
    const waits = stage.start('Slow');
    const rejected = expect(waits).rejects.toMatchObject({ code: 'world-closed' });
    await turns();
    const closed = stage.host.close();
    await stage.time.pass(1);
    await stage.time.pass(60_000);
    await rejected;
    await closed;
  });
});
