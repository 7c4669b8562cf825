import { decodePlain, encode, toHex } from '@aos/canon';
import { type Signer, signVerb, verifyWorld, type WorldHost } from '@aos/host';
import { decodeRecord, failedOutcome, okOutcome, type WorldStore } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import {
  keys,
  newEffectStore,
  openStage,
  ScriptedAdapter,
  send,
  turns,
  VirtualTime,
} from './effect-world.js';
import { orderEngine, sumOf } from './order-world.js';
import { HeldStore } from './stage.js';

const sum = (host: WorldHost) => host.read(sumOf);
const later = (code: string) =>
  failedOutcome({ status: 'error', code, message: '', retry: 'later' });
const NO_ANSWER = () => undefined;

/** Status and code of every receipt of the journal. */
function receiptsOf(store: WorldStore): string[] {
  return [...store.records(0)].flatMap((bytes) => {
    const record = decodeRecord(bytes);
    if (!record.ok || record.value.input.kind !== 'receipt') return [];
    const { receipt, payload } = record.value.input;
    const value = decodePlain(payload.inline ?? encode(null));
    const code = value.ok && value.value instanceof Map ? value.value.get('code') : undefined;
    return [code === undefined ? receipt.status : `${receipt.status} ${code}`];
  });
}

/** What every receipt of the journal says that it cost. */
function costsOf(store: WorldStore): (bigint | undefined)[] {
  return [...store.records(0)].flatMap((bytes) => {
    const record = decodeRecord(bytes);
    if (!record.ok || record.value.input.kind !== 'receipt') return [];
    return [record.value.input.receipt.costCents];
  });
}

describe('effects', () => {
  it('are run, and what they answer goes on', async () => {
    const { host, ask } = openStage();
    await host.submit(send('Order', 5));
    expect(await host.untilQuiescent({ timers: 'wait' })).toEqual({ blockers: [], unlisted: 0 });
    expect(await sum(host)).toBe(5);
    expect(ask.calls.map(({ call }) => call.effect)).toEqual(['ask']);
    await host.close();
  });

  it('that lead to others do not stall', async () => {
    const { host, ask } = openStage();
    ask.reply = ({ n }) => okOutcome({ n: n + 1 });
    await host.submit(send('Chain', 1));
    await host.untilQuiescent();
    expect([await sum(host), ask.calls.length]).toEqual([4, 3]);
    await host.close();
  });

  it('of one kind wait for none of another, and queue beyond their concurrency', async () => {
    const { host, ask, slow } = openStage({ effects: { concurrency: { slow: 2 } } });
    slow.reply = NO_ANSWER;
    for (let i = 0; i < 4; i++) await host.submit(send('Slow', 10));
    await host.submit(send('Order', 1));
    await turns();
    expect([slow.calls.length, ask.calls.length, await sum(host)]).toEqual([2, 1, 1]);
    slow.calls[0]?.answer(okOutcome({ n: 10 }));
    await turns();
    expect(slow.calls.length).toBe(3);
    slow.reply = ({ n }) => okOutcome({ n });
    for (const call of slow.calls) call.answer(okOutcome({ n: 10 }));
    await host.untilQuiescent();
    expect(await sum(host)).toBe(41);
    await host.close();
  });

  it('see the call and the grant as they were let out', async () => {
    const { host, ask } = openStage();
    await host.submit(send('Order', 5));
    await host.untilQuiescent();
    const [asked] = ask.calls;
    expect(asked?.call.grant).toEqual({ cap: 'ask', capType: 'asking', params: [encode({})] });
    expect(asked?.call.attempt).toBe(1);
    expect(asked?.call.deadlineNs).toBe(1_000_000_000n);
    expect(asked?.context.permitsRedirect(encode({ n: 9 }), 1)).toBeUndefined();
    expect(asked?.context.permitsRedirect(encode({ m: 9 }), 1)?.code).toBe('effect-params-invalid');
    expect(asked?.context.permitsAddress(Uint8Array.of(127, 0, 0, 1))).toBeUndefined();
    await host.close();
  });
});

describe('what an adapter answers', () => {
  it("is the host's own from then on", async () => {
    const store = newEffectStore();
    const { host, ask } = openStage({ store });
    const payload = Buffer.from(encode({ n: 7 }));
    ask.reply = NO_ANSWER;
    await host.submit(send('Order', 5));
    await turns();
    ask.calls[0]?.answer({ status: 'ok', payload });
    setImmediate(() => payload.fill(0));
    await host.untilQuiescent();
    expect(await sum(host)).toBe(7);
    expect(verifyWorld(store, orderEngine()).ok).toBe(true);
    await host.close();
  });
});

describe('an effect that is released', () => {
  it('is not started before its record is durable, and not at all when that fails', async () => {
    const store = new HeldStore();
    const held = newEffectStore();
    Object.defineProperty(store, 'genesis', { get: () => held.genesis });
    store.object = (hash) => held.object(hash);
    const { host, ask } = openStage({ store });
    const sent = host.submit(send('Order', 5));
    await turns();
    expect([store.held.length, ask.calls.length]).toEqual([1, 0]);
    store.held[0]?.end(new Error('no disk'));
    await expect(sent).rejects.toMatchObject({ code: 'store-failed' });
    expect(await host.untilQuiescent()).toMatchObject({
      blockers: [{ kind: 'world', code: 'store-failed' }, { kind: 'time' }, { reason: 'left' }],
    });
    expect(ask.calls).toEqual([]);
    await host.close();
  });

  it('is started again when a world opens, with the same key', async () => {
    const store = newEffectStore();
    const first = openStage({ store, effects: { drainMs: 10 } });
    first.ask.reply = NO_ANSWER;
    await first.host.submit(send('Chain', 5));
    await turns();
    const closed = first.host.close();
    await first.time.pass(10);
    const [call] = first.ask.calls;
    expect(call?.context.cancel.isCancelled).toBe(true);
    call?.answer(failedOutcome({ status: 'cancelled', code: 'scripted', message: '' }));
    await closed;
    const { host, ask } = openStage({ store: await reopened(store) });
    await host.untilQuiescent();
    expect(await sum(host)).toBe(5);
    const [again] = ask.calls;
    expect(again?.call.intentHash).toEqual(call?.call.intentHash);
    expect(again?.call.idempotencyKey).toEqual(call?.call.idempotencyKey);
    await host.close();
  });

  it('waits while the world is paused', async () => {
    const { host, ask } = openStage();
    const verb = (name: 'pause' | 'resume') =>
      host.read((world) => signVerb(keys.signer('operator'), world, { verb: name }));
    ask.reply = NO_ANSWER;
    await host.submit(send('Chain', 5));
    await turns();
    await host.submit(await verb('pause'));
    ask.calls[0]?.answer(okOutcome({ n: 6 }));
    const { blockers } = await host.untilQuiescent();
    expect(blockers).toEqual([
      { kind: 'world', code: 'world-paused' },
      { kind: 'work', count: 1 },
    ]);
    ask.reply = ({ n }) => okOutcome({ n });
    await host.submit(await verb('resume'));
    await host.untilQuiescent();
    expect(await sum(host)).toBe(6);
    await host.close();
  });
});

describe('an effect that fails', () => {
  it('is tried again, later each time, and then is a receipt and a dead letter', async () => {
    const store = newEffectStore();
    const { host, slow, time } = openStage({ store, effects: { retry: { starts: 3 } } });
    slow.reply = () => later('no-server');
    await host.submit(send('Slow', 5));
    await turns();
    const starts = [slow.calls.length];
    for (const ms of [187, 1, 374, 1]) {
      await time.pass(ms);
      starts.push(slow.calls.length);
    }
    expect(starts).toEqual([1, 1, 2, 2, 3]);
    expect(await host.untilQuiescent()).toEqual({ blockers: [], unlisted: 0 });
    expect(receiptsOf(store)).toEqual(['error no-server']);
    expect(host.deadLetters).toMatchObject([{ effect: 'slow', code: 'no-server', starts: 3 }]);
    const keysSeen = slow.calls.map(({ call }) => toHex(call.idempotencyKey));
    expect(new Set(keysSeen).size).toBe(1);
    await host.close();
  });

  it('and is well the second time leaves no dead letter', async () => {
    const { host, slow, time } = openStage();
    slow.reply = ({ n }) => (slow.calls.length === 1 ? later('no-server') : okOutcome({ n }));
    await host.submit(send('Slow', 5));
    await turns();
    await time.pass(250);
    await host.untilQuiescent();
    expect([await sum(host), host.deadLetters.length]).toEqual([5, 0]);
    await host.close();
  });

  it('for good is not tried again', async () => {
    const store = newEffectStore();
    const { host, slow } = openStage({ store });
    slow.reply = () => failedOutcome({ status: 'error', code: 'no-such-thing', message: '' });
    await host.submit(send('Slow', 5));
    await host.untilQuiescent();
    expect([slow.calls.length, ...receiptsOf(store)]).toEqual([1, 'error no-such-thing']);
    await host.close();
  });

  it.each([
    [
      'throws',
      () => {
        throw new TypeError('a defect');
      },
      'adapter-failed',
      1,
    ],
    ['answers out of its schema', () => okOutcome({ m: 1 }), 'adapter-payload-invalid', 0],
    ['answers nothing like it', () => ({ status: 'ok' }) as never, 'adapter-payload-invalid', 0],
    [
      'answers an unknown status',
      () => ({ ...okOutcome({ n: 1 }), status: 'fine' }) as never,
      'adapter-payload-invalid',
      0,
    ],
    [
      'answers with what is no value',
      () => okOutcome({ n: 1n << 70n } as never),
      'adapter-failed',
      1,
    ],
  ])('because its adapter %s is an error', async (_, reply, code, defects) => {
    const store = newEffectStore();
    let told = 0;
    const onDefect = () => {
      told += 1;
    };
    const { host, slow } = openStage({ store, effects: { onDefect } });
    slow.reply = reply;
    await host.submit(send('Slow', 5));
    await host.untilQuiescent();
    expect(receiptsOf(store)).toEqual([`error ${code}`]);
    expect([told, host.deadLetters.length]).toEqual([defects, 1]);
    await host.close();
  });
});

describe('a deadline', () => {
  it('ends a call, and the world settles the intent', async () => {
    const store = newEffectStore();
    const { host, ask, time } = openStage({ store });
    ask.reply = NO_ANSWER;
    await host.submit(send('Order', 5));
    await turns();
    await time.pass(1000);
    expect(ask.calls[0]?.context.cancel.isCancelled).toBe(true);
    ask.calls[0]?.answer(failedOutcome({ status: 'cancelled', code: 'scripted', message: '' }));
    expect(await host.untilQuiescent()).toEqual({ blockers: [], unlisted: 0 });
    expect(receiptsOf(store)).toEqual([]);
    await host.close();
    expect(time.timers).toBe(0);
  });

  it('that ended a call says what it cost', async () => {
    const store = newEffectStore();
    const { host, ask, time } = openStage({ store });
    ask.reply = NO_ANSWER;
    await host.submit(send('Order', 5));
    await turns();
    const pause = await host.read((world) =>
      signVerb(keys.signer('operator'), world, { verb: 'pause' }),
    );
    await host.submit(pause);
    await time.pass(1000);
    const cancelled = failedOutcome({ status: 'cancelled', code: 'scripted', message: '' });
    ask.calls[0]?.answer({ ...cancelled, costCents: 3n });
    await turns();
    expect(receiptsOf(store)).toEqual(['timeout effect-timeout']);
    expect(costsOf(store)).toEqual([3n]);
    await host.close();
  });

  it('is not overstepped by a retry', async () => {
    const store = newEffectStore();
    const { host, ask, time } = openStage({ store, effects: { retry: { firstMs: 2000 } } });
    ask.reply = () => later('no-server');
    await host.submit(send('Order', 5));
    await turns();
    await time.pass(0);
    expect([ask.calls.length, ...receiptsOf(store)]).toEqual([1, 'error no-server']);
    await host.close();
  });

  it('frees the place of an adapter that does not answer', async () => {
    const { host, ask, time } = openStage({ effects: { concurrency: { ask: 1 }, graceMs: 100 } });
    ask.reply = NO_ANSWER;
    await host.submit(send('Order', 5));
    await host.submit(send('Chain', 7));
    await turns();
    await time.pass(1000);
    expect(ask.calls.length).toBe(1);
    ask.reply = ({ n }) => okOutcome({ n });
    await time.pass(100);
    await host.untilQuiescent();
    expect([ask.calls.length, await sum(host)]).toEqual([4, 7]);
    await host.close();
  });
});

describe('an effect that the world calls off', () => {
  it('is told so, and ends with its receipt', async () => {
    const store = newEffectStore();
    const { host, slow } = openStage({ store });
    slow.reply = NO_ANSWER;
    await host.submit(send('Stop', 5));
    await turns();
    await host.submit(send('Order', 1));
    await turns();
    const [asked] = slow.calls;
    expect(asked?.context.cancel.isCancelled).toBe(true);
    asked?.answer(failedOutcome({ status: 'cancelled', code: 'scripted', message: '' }));
    expect(await host.untilQuiescent()).toMatchObject({ blockers: [] });
    expect(receiptsOf(store)).toEqual(['ok', 'cancelled scripted']);
    expect(host.deadLetters).toEqual([]);
    await host.close();
  });

  it('may have succeeded by then', async () => {
    const store = newEffectStore();
    const { host, slow } = openStage({ store });
    slow.reply = NO_ANSWER;
    await host.submit(send('Stop', 5));
    await host.submit(send('Order', 1));
    await turns();
    slow.calls[0]?.answer(okOutcome({ n: 5 }));
    await host.untilQuiescent();
    expect(receiptsOf(store)).toEqual(['ok', 'ok']);
    await host.close();
  });

  it('before it was started never is', async () => {
    const store = newEffectStore();
    const { host, slow } = openStage({ store });
    await host.submit(send('Never', 5));
    await host.untilQuiescent();
    expect([slow.calls.length, ...receiptsOf(store)]).toEqual([0, 'cancelled effect-cancelled']);
    expect(costsOf(store)).toEqual([0n]);
    await host.close();
  });

  it('while it waits for another start has cost what nobody knows', async () => {
    const store = newEffectStore();
    const { host, slow } = openStage({ store });
    slow.reply = () => later('no-server');
    await host.submit(send('Stop', 5));
    await turns();
    slow.reply = NO_ANSWER;
    await host.submit(send('Order', 1));
    await turns();
    expect(receiptsOf(store)).toContain('cancelled effect-cancelled');
    expect(costsOf(store)).toEqual([undefined, undefined]);
    await host.close();
  });

  it('is started by no later host, though the one that was told is gone', async () => {
    const store = newEffectStore();
    const first = openStage({ store });
    first.slow.reply = NO_ANSWER;
    await first.host.submit(send('Stop', 5));
    await turns();
    await first.host.submit(send('Order', 1));
    await turns();
    expect(first.slow.calls[0]?.context.cancel.isCancelled).toBe(true);
    await store.close();
    const { host, slow } = openStage({ store: await reopened(store) });
    await host.untilQuiescent();
    expect(slow.calls).toEqual([]);
    expect(await host.openIntents()).toEqual([]);
    await host.close();
  });

  it('because its epoch has ended is forgotten, whether it was started or not', async () => {
    const store = newEffectStore();
    const { host, slow } = openStage({ store, effects: { concurrency: { slow: 1 } } });
    slow.reply = NO_ANSWER;
    await host.submit(send('Slow', 5));
    await host.submit(send('Slow', 6));
    await turns();
    const verb = { verb: 'epoch', epoch: 1 } as const;
    await host.submit(await host.read((w) => signVerb(keys.signer('operator'), w, verb)));
    await turns();
    expect(slow.calls.map(({ context }) => context.cancel.isCancelled)).toEqual([true]);
    slow.calls[0]?.answer(okOutcome({ n: 5 }));
    expect(await host.untilQuiescent()).toMatchObject({ blockers: [] });
    expect([slow.calls.length, ...receiptsOf(store)]).toEqual([1]);
    await host.close();
  });
});

describe('a signer that fails', () => {
  it('stops the world, and another host answers for what it had run', async () => {
    const store = newEffectStore();
    const { keyId, publicKey } = keys.signer('host');
    const signer: Signer = {
      ...{ keyId, publicKey },
      sign: () => {
        throw new Error('the key is gone');
      },
    };
    const first = openStage({ store, effects: { signer } });
    await first.host.submit(send('Order', 5));
    const { blockers } = await first.host.untilQuiescent();
    expect(blockers).toMatchObject([{ kind: 'world', code: 'signer-failed' }, {}, {}]);
    await first.host.close();
    const { host } = openStage({ store: await reopened(store) });
    await host.untilQuiescent();
    expect(await sum(host)).toBe(5);
    await host.close();
  });
});

describe('adapters and keys', () => {
  it('an adapter that is missing is found when the world opens', () => {
    const ask = new ScriptedAdapter('ask');
    const open = () => openStage({ effects: { adapters: [ask] } });
    expect(open).toThrowError(expect.objectContaining({ code: 'adapter-missing' }));
    const twice = () => openStage({ effects: { adapters: [ask, new ScriptedAdapter('ask')] } });
    expect(twice).toThrowError(expect.objectContaining({ code: 'adapter-twice' }));
  });

  it('or is allowed to be missing, and its intents are listed', async () => {
    const ask = new ScriptedAdapter('ask');
    const { host } = openStage({ effects: { adapters: [ask], allowMissing: true } });
    await host.submit(send('Slow', 5));
    const { blockers } = await host.untilQuiescent();
    expect(blockers).toMatchObject([
      { kind: 'receipt', effect: 'slow', reason: 'adapter-missing' },
    ]);
    await host.close();
  });

  it('a key that the world does not know is added by an operator', async () => {
    const store = newEffectStore([keys.entry('operator', 'operator')]);
    expect(() => openStage({ store })).toThrowError(
      expect.objectContaining({ code: 'host-key-unknown' }),
    );
    const operator = keys.signer('operator');
    const { host } = openStage({ store, effects: { operator } });
    await host.submit(send('Slow', 5));
    await host.untilQuiescent();
    expect(await sum(host)).toBe(5);
    expect(await host.read(({ keyring }) => keyring.map(({ name }) => name))).toEqual([
      'operator',
      'host',
    ]);
    await host.close();
  });

  it('the key of another host gets a name of its own', async () => {
    const [operator, signer] = [keys.signer('operator'), keys.signer('another')];
    const { host } = openStage({ store: newEffectStore(), effects: { operator, signer } });
    await host.submit(send('Slow', 5));
    await host.untilQuiescent();
    const names = await host.read(({ keyring }) => keyring.map(({ name }) => name));
    expect(names.at(-1)).toMatch(/^host-[0-9a-f]{12}$/);
    await host.close();
  });

  it('a key that was revoked starts nothing more, and opens no world', async () => {
    const store = newEffectStore();
    const { host, slow } = openStage({ store });
    const { keyId } = keys.signer('host');
    const verb = { verb: 'keyring-revoke', keyId } as const;
    await host.submit(await host.read((w) => signVerb(keys.signer('operator'), w, verb)));
    await host.submit(send('Slow', 5));
    const { blockers } = await host.untilQuiescent();
    expect(blockers).toMatchObject([{ kind: 'receipt', reason: 'host-key-unknown' }]);
    expect(slow.calls).toEqual([]);
    await host.close();
    const again = await reopened(store);
    expect(() => openStage({ store: again })).toThrowError(
      expect.objectContaining({ code: 'host-key-revoked' }),
    );
  });
});

describe('a close', () => {
  it('waits for what runs and takes its receipt', async () => {
    const store = newEffectStore();
    const { host, slow } = openStage({ store });
    slow.reply = NO_ANSWER;
    await host.submit(send('Slow', 5));
    await turns();
    const closed = host.close();
    await turns();
    slow.calls[0]?.answer(okOutcome({ n: 5 }));
    await closed;
    const again = openStage({ store: await reopened(store) });
    expect(await sum(again.host)).toBe(5);
    expect(again.slow.calls).toEqual([]);
    await again.host.close();
  });

  it('leaves what is worth another start to the next opening', async () => {
    const store = newEffectStore();
    const { host, slow } = openStage({ store });
    slow.reply = NO_ANSWER;
    await host.submit(send('Slow', 5));
    await turns();
    const closed = host.close();
    slow.calls[0]?.answer(later('no-server'));
    await closed;
    const opened = await reopened(store);
    expect(receiptsOf(opened)).toEqual([]);
    const again = openStage({ store: opened });
    await again.host.untilQuiescent();
    expect(await sum(again.host)).toBe(5);
    await again.host.close();
  });

  it('does not wait for ever', async () => {
    const time = new VirtualTime();
    const { host, slow } = openStage({ time, effects: { drainMs: 50, graceMs: 50 } });
    slow.reply = NO_ANSWER;
    await host.submit(send('Slow', 5));
    await turns();
    const closed = host.close();
    await time.pass(50);
    await time.pass(50);
    await closed;
    expect(time.timers).toBe(0);
  });
});

/** What is in a store that was closed, opened again. */
async function reopened(store: WorldStore): Promise<WorldStore> {
  const { openMemoryStore } = await import('@aos/store');
  return openMemoryStore(store as never);
}
