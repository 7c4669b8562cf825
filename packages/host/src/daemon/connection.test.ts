import type { Channel } from '@aos/client';
import type { PlainRecord, PlainValue } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import type { ControlService } from '../control/service.js';
import { ControlConnection } from './connection.js';

/** A client that reads when it is told to, and a service that answers when it is told to. */
function stage() {
  const said: PlainRecord[] = [];
  let isFull = false;
  const channel: Channel = {
    start: () => undefined,
    send: (message) => said.push(message as PlainRecord),
    get isFull() {
      return isFull;
    },
    pause: () => undefined,
    resume: () => undefined,
    end: () => undefined,
    destroy: () => undefined,
  };
  const asked: { readonly verb: string; answer(): Promise<void> }[] = [];
  const service = {
    openStream: () => undefined,
    answer: (verb: string) =>
      new Promise((resolve) => {
        const answer = async () => {
          resolve({ ok: true, value: verb });
          await new Promise((turn) => setImmediate(turn));
        };
        asked.push({ verb, answer });
      }),
  } as unknown as ControlService;
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
  return { said, asked, connection, ask, fill };
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
