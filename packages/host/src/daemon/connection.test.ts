import type { Channel } from '@aos/client';
import { AosFault, MAX_OPEN, type PlainRecord, type PlainValue } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import type { ControlService } from '../control/service.js';
import { ControlConnection } from './connection.js';

/** A client that reads when it is told to, and a service that answers when it is told to. */
function stage() {
  const said: PlainRecord[] = [];
  let isFull = false;
  let isPaused = false;
  const channel: Channel = {
    start: () => undefined,
    send: (message) => said.push(message as PlainRecord),
    get isFull() {
      return isFull;
    },
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
    },
    end: () => undefined,
    destroy: () => undefined,
  };
  const asked: { readonly verb: string; answer(): Promise<void> }[] = [];
  const service = {
    openStream: () => {
      if (isStopped) throw new AosFault('control-retry', 'later', { retry: 'later' });
      return { next: () => new Promise(() => undefined) };
    },
    untilReady: (_verb: string, _args: PlainValue, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve());
        ready = resolve;
      }),
    answer: (verb: string, _args: PlainValue, signal: AbortSignal) =>
      new Promise((resolve) => {
        const left = () => resolve({ ok: true, value: 'left' });
        if (signal.aborted) left();
        signal.addEventListener('abort', left);
        const answer = async () => {
          resolve({ ok: true, value: verb });
          await new Promise((turn) => setImmediate(turn));
        };
        asked.push({ verb, answer });
      }),
  } as unknown as ControlService;
  let isStopped = false;
  let ready: () => void = () => undefined;
  const stop = () => {
    isStopped = true;
  };
  const onDefect = (cause: unknown) => {
    throw cause;
  };
  const connection = new ControlConnection(channel, { service: () => service, onDefect });
  const ask = (id: number, verb: string, args: PlainValue = {}) =>
    connection.take({ type: 'request', id, verb, args }, 100);
  const fill = (full: boolean) => {
    isFull = full;
    if (!full) connection.drained();
  };
  const cancel = (id: number) => connection.take({ type: 'cancel', id }, 10);
  const isHeldUp = () => isPaused;
  return { said, asked, connection, ask, fill, cancel, isHeldUp, stop, ready: () => ready() };
}

describe('answers that may be large', () => {
  it('are made few at a time, in the order in which they were asked for', async () => {
    const { asked, ask, said } = stage();
    for (let id = 0; id < 20; id++) ask(id, `cells.list`);
    expect(asked.length).toBe(8);
    for (let i = 0; i < 20; i++) {
      await asked[i]?.answer();
      expect(asked.length).toBe(Math.min(20, 9 + i));
    }
    expect(said.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, id) => id));
  });

  it('are not begun while the client has enough to read', async () => {
    const { asked, ask, fill } = stage();
    for (let id = 0; id < 10; id++) ask(id, 'state.get');
    fill(true);
    for (const each of asked.slice(0, 8)) await each.answer();
    expect(asked.length).toBe(8);
    fill(false);
    expect(asked.length).toBe(10);
  });

  it('hold up neither inputs nor those who wait', () => {
    const { asked, ask } = stage();
    for (let id = 0; id < 10; id++) ask(id, 'why');
    ask(10, 'event.send');
    ask(11, 'quiesce');
    expect(asked.slice(8).map(({ verb }) => verb)).toEqual(['event.send', 'quiesce']);
  });

  it('are not made any more when the client has gone', async () => {
    const { asked, ask, connection } = stage();
    for (let id = 0; id < 10; id++) ask(id, 'trace');
    connection.closed();
    for (const each of asked.slice()) await each.answer();
    expect(asked.length).toBe(8);
  });
});

describe('what waits for its world', () => {
  const ended = { wait: 'ended' };
  const codeOf = ({ error }: PlainRecord = {}) => (error as PlainRecord | undefined)?.code;
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('holds up nothing behind it, and is refused where there is too much of it', async () => {
    const { ask, asked, said, isHeldUp, cancel } = stage();
    for (let id = 0; id < MAX_OPEN.wait; id++) ask(id, 'plan.start', ended);
    expect(asked.length).toBe(MAX_OPEN.wait);
    for (const [id, verb] of [[5000, 'quiesce'] as const, [5001, 'event.send'] as const]) {
      ask(id, verb, { wait: 'quiescent' });
      expect(said.at(-1)).toMatchObject({ id, ok: false, error: { kind: 'refusal' } });
      expect(codeOf(said.at(-1))).toBe('control-waits');
    }
    expect(isHeldUp()).toBe(false);
    ask(6000, 'event.send');
    ask(6001, 'status');
    ask(6002, 'state.get');
    expect(asked.slice(MAX_OPEN.wait).map(({ verb }) => verb)).toEqual([
      'event.send',
      'status',
      'state.get',
    ]);
    cancel(17);
    await turn();
    expect(said.at(-1)).toMatchObject({ id: 17, ok: true, result: 'left' });
    ask(5002, 'event.send', ended);
    expect(asked.length).toBe(MAX_OPEN.wait + 4);
  });

  it('has as many bytes as other requests, and they as many as before', () => {
    const { connection, asked, said, isHeldUp } = stage();
    const take = (id: number, args: PlainRecord) =>
      connection.take({ type: 'request', id, verb: 'event.send', args }, 1 << 23);
    for (let id = 0; id < 5; id++) take(id, ended);
    expect([asked.length, codeOf(said[0])]).toEqual([4, 'control-waits']);
    for (let id = 10; id < 15; id++) take(id, {});
    expect([asked.length, isHeldUp()]).toEqual([8, true]);
  });

  it('for a record takes no turn until the record is there', async () => {
    const { ask, asked, ready, cancel } = stage();
    for (let id = 0; id < 20; id++) ask(id, 'state.get', { at: 'at_least:9' });
    ask(50, 'state.get');
    expect(asked.length).toBe(1);
    ready();
    await turn();
    expect(asked.length).toBe(2);
    for (let id = 0; id < 19; id++) cancel(id);
    for (let i = 0; i < 10; i++) await turn();
    expect(asked.length).toBe(21);
  });

  it('streams among them are refused beyond their number, and end where there is no world', () => {
    const { ask, said, asked, stop, isHeldUp, cancel } = stage();
    for (let id = 0; id <= MAX_OPEN.stream; id++) ask(id, 'journal.tail', { follow: true });
    expect(said).toMatchObject([{ type: 'end', id: MAX_OPEN.stream }]);
    expect(codeOf(said[0])).toBe('control-waits');
    ask(99, 'journal.head');
    expect([asked.length, isHeldUp()]).toEqual([1, false]);
    cancel(0);
    stop();
    ask(100, 'audit');
    expect(said.at(-1)).toMatchObject({ type: 'end', id: 100, error: { code: 'control-retry' } });
  });

  it('of other requests nothing is read beyond their number until one was answered', async () => {
    const { ask, asked, isHeldUp } = stage();
    for (let id = 0; id <= MAX_OPEN.send; id++) ask(id, 'event.send');
    expect([asked.length, isHeldUp()]).toEqual([MAX_OPEN.send, true]);
    await asked[0]?.answer();
    expect([asked.length, isHeldUp()]).toEqual([MAX_OPEN.send + 1, false]);
  });
});
