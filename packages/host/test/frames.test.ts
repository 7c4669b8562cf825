import { encode } from '@aos/canon';
import { decodeRecord, okOutcome, type WorldStore } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { newEffectStore, openStage, ScriptedAdapter, send, turns } from './effect-world.js';

/** Inputs of the journal: frames by number and payload, receipts by status. */
function answersOf(store: WorldStore): string[] {
  return [...store.records(0)].flatMap((bytes) => {
    const record = decodeRecord(bytes);
    if (!record.ok) return [];
    const { input } = record.value;
    if (input.kind === 'receipt') return [input.receipt.status];
    if (input.kind !== 'stream-frame') return [];
    return [`${input.frame.index} ${input.payload.inline?.at(-1)}`];
  });
}

const NO_ANSWER = () => undefined;

async function stage() {
  const store = newEffectStore();
  const opened = openStage({ store, ask: new ScriptedAdapter('ask') });
  opened.ask.reply = NO_ANSWER;
  await opened.host.submit(send('Chain', 1));
  await turns();
  const [call] = opened.ask.calls;
  if (call === undefined) throw new Error('the adapter was not called');
  opened.ask.reply = ({ n }) => okOutcome({ n });
  return { ...opened, store, call };
}

describe('frames of an answer', () => {
  it('come into the journal in their order, before the receipt', async () => {
    const { host, store, call } = await stage();
    const { context } = call;
    const all = [1, 2, 3].map((n) => context.emitFrame(encode(n)));
    await Promise.all(all);
    call.answer(okOutcome({ n: 5 }));
    await host.untilQuiescent();
    expect(answersOf(store)).toEqual(['0 1', '1 2', '2 3', 'ok', 'ok', 'ok']);
    await host.close();
  });

  it("are durable when the adapter hears of it, and bytes of the host's own before", async () => {
    const { host, store, call } = await stage();
    const bytes = encode(1);
    const emitted = call.context.emitFrame(bytes);
    bytes.fill(0);
    await emitted;
    expect(answersOf(store)).toEqual(['0 1']);
    call.answer(okOutcome({ n: 5 }));
    await host.untilQuiescent();
    await host.close();
  });

  it('are dropped when the call has ended', async () => {
    const { host, store, call } = await stage();
    const { context } = call;
    const early = [context.emitFrame(encode(1)), context.emitFrame(encode(2))];
    call.answer(okOutcome({ n: 5 }));
    await Promise.all(early);
    await host.untilQuiescent();
    await context.emitFrame(encode(3));
    expect(answersOf(store)).toEqual(['0 1', 'ok', 'ok', 'ok']);
    await host.close();
    await context.emitFrame(encode(4));
  });

  it('that no world could take are a defect of the adapter', async () => {
    const { host, store, call } = await stage();
    const { context } = call;
    const code = 'frame-invalid';
    await expect(context.emitFrame(Uint8Array.of(0xff))).rejects.toMatchObject({ code });
    const large = encode(new Uint8Array(1 << 20));
    await expect(context.emitFrame(large)).rejects.toMatchObject({ code });
    // nobody waits for this one
    context.emitFrame(large);
    await turns();
    call.answer(okOutcome({ n: 5 }));
    await host.untilQuiescent();
    expect(answersOf(store)).toEqual(['ok', 'ok', 'ok']);
    await host.close();
  });

  it('go on with their numbers when an effect is started again', async () => {
    const { host, store, call, ask, time } = await stage();
    await call.context.emitFrame(encode(1));
    ask.reply = NO_ANSWER;
    call.answer({ ...okOutcome({ n: 1 }), status: 'error', payload: busy, retry: 'later' });
    await turns();
    await time.pass(1000);
    const again = ask.calls[1];
    await again?.context.emitFrame(encode(7));
    ask.reply = ({ n }) => okOutcome({ n });
    again?.answer(okOutcome({ n: 1 }));
    await host.untilQuiescent();
    expect(answersOf(store)).toEqual(['0 1', '1 7', 'ok', 'ok', 'ok']);
    await host.close();
  });
});

const busy = encode({ code: 'busy-now', message: '' });
