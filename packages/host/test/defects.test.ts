/** Defects of adapters and signers: they cost an effect, or stop the world, never its process. */
import { encode } from '@aos/canon';
import { failedOutcome, okOutcome } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { keys, newEffectStore, openStage, send, turns } from './effect-world.js';

const NO_ANSWER = () => undefined;

describe('an adapter that', () => {
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'ok'],
    ['bytes that are none', { status: 'ok', payload: 'bytes' }],
  ])('answers %s has failed, and what comes next is started', async (_, answer) => {
    const { host, slow } = openStage({ effects: { concurrency: { slow: 1 } } });
    slow.reply = NO_ANSWER;
    await host.submit(send('Slow', 5));
    await host.submit(send('Slow', 6));
    await turns();
    slow.reply = ({ n }) => okOutcome({ n });
    slow.calls[0]?.answer(answer as never);
    expect(await host.untilQuiescent()).toEqual({ blockers: [], unlisted: 0 });
    expect(host.deadLetters).toMatchObject([{ code: 'adapter-payload-invalid' }]);
    expect(slow.calls.length).toBe(2);
    await host.close();
  });

  it('answers what throws when it is read has failed', async () => {
    const { host, slow } = openStage();
    slow.reply = () =>
      ({
        get status() {
          throw new Error('unreadable');
        },
      }) as never;
    await host.submit(send('Slow', 5));
    expect(await host.untilQuiescent()).toEqual({ blockers: [], unlisted: 0 });
    expect(host.deadLetters).toMatchObject([{ code: 'adapter-failed' }]);
    await host.close();
  });

  it('throws where the listener throws too has failed', async () => {
    const onDefect = () => {
      throw new Error('the log is full');
    };
    const { host, slow } = openStage({ effects: { onDefect } });
    slow.reply = () => {
      throw new Error('a defect');
    };
    await host.submit(send('Slow', 5));
    expect(await host.untilQuiescent()).toEqual({ blockers: [], unlisted: 0 });
    expect(host.deadLetters).toMatchObject([{ code: 'adapter-failed' }]);
    await host.close();
  });

  it('has the clock call what throws is told of, and its call goes on', async () => {
    const causes: unknown[] = [];
    const onDefect = ({ cause }: { readonly cause: unknown }) => causes.push(cause);
    const { host, slow, time } = openStage({ effects: { onDefect } });
    slow.reply = ({ context: { clock } }) => {
      for (const ns of [0n, 5_000_000n]) {
        clock.at(clock.logicalNowNs() + ns, () => {
          throw new Error(`after ${ns}`);
        });
      }
      return undefined;
    };
    await host.submit(send('Slow', 5));
    await turns();
    await time.pass(10);
    expect(causes.map(String)).toEqual(['Error: after 0', 'Error: after 5000000']);
    slow.calls[0]?.answer(okOutcome({ n: 5 }));
    expect(await host.untilQuiescent()).toEqual({ blockers: [], unlisted: 0 });
    await host.close();
  });
});

describe('a signer that fails', () => {
  const opened = () => {
    const signer = keys.signer('host');
    const sign = () => {
      throw new Error('the token was pulled out');
    };
    const store = newEffectStore();
    return { ...openStage({ store, effects: { signer: { ...signer, sign } } }), store };
  };

  it('stops the world with its own code, and the effect stays open', async () => {
    const { host } = opened();
    await host.submit(send('Slow', 5));
    expect(await host.untilQuiescent()).toMatchObject({
      blockers: [{ kind: 'world', code: 'signer-failed' }, { reason: 'left' }],
    });
    await host.close();
  });

  it('stops it at a frame as well, which the adapter is not told', async () => {
    const { host, slow } = opened();
    slow.reply = NO_ANSWER;
    await host.submit(send('Slow', 5));
    await turns();
    await slow.calls[0]?.context.emitFrame(encode(1));
    await expect(host.submit(send('Slow', 6))).rejects.toMatchObject({ code: 'signer-failed' });
    slow.calls[0]?.answer(failedOutcome({ status: 'error', code: 'scripted', message: '' }));
    await host.close();
  });
});
