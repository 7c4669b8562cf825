import type { RawInput } from '@aos/kernel';
import { describe, expect, it } from 'vitest';
import { Inbox, type Waiting } from './inbox.js';

const waitingFor = (raw: object, sizeBytes = 1): Waiting => ({
  raw: raw as RawInput,
  sizeBytes,
  epoch: 0,
  resolve: () => undefined,
  reject: () => undefined,
});

const event = (schema: string, sizeBytes?: number) => waitingFor({ schema }, sizeBytes);
const verb = (name: string) => waitingFor({ kind: 'control', verb: name });

describe('an inbox', () => {
  it('gives inputs in their order, and control verbs apart from them', () => {
    const inbox = new Inbox({ inputs: 10, bytes: 100 });
    const all = [event('a'), verb('pause'), event('b'), verb('resume')];
    for (const each of all) expect(inbox.offer(each)).toBeUndefined();
    expect(inbox.size).toBe(4);
    expect([inbox.takeVerb(), inbox.takeVerb(), inbox.takeVerb()]).toEqual([
      all[1],
      all[3],
      undefined,
    ]);
    expect([inbox.take(), inbox.take(), inbox.take()]).toEqual([all[0], all[2], undefined]);
  });

  it('keeps order and room over many rounds', () => {
    const inbox = new Inbox({ inputs: 1000, bytes: 1000 });
    let [given, taken] = [0, 0];
    for (let round = 0; round < 3000; round++) {
      for (let i = 0; i < 2 && inbox.size < 1000; i++) {
        expect(inbox.offer(event(String(given++)))).toBeUndefined();
      }
      expect(inbox.take()?.raw).toEqual({ schema: String(taken++) });
    }
    while (inbox.hasOthers) expect(inbox.take()?.raw).toEqual({ schema: String(taken++) });
    expect(taken).toBe(given);
  });

  it('is full by number and by bytes, and has room for verbs then', () => {
    const small = new Inbox({ inputs: 2, bytes: 100 });
    small.offer(event('a'));
    small.offer(event('b'));
    expect(small.offer(event('c'))).toMatchObject({ code: 'inbox-full' });
    expect(small.offer(verb('pause'))).toBeUndefined();
    const narrow = new Inbox({ inputs: 100, bytes: 10 });
    narrow.offer(event('a', 6));
    expect(narrow.offer(event('b', 6))).toMatchObject({ code: 'inbox-full' });
    narrow.take();
    expect(narrow.offer(event('b', 6))).toBeUndefined();
  });

  it('has an end for verbs, too', () => {
    const inbox = new Inbox({ inputs: 2, bytes: 100 });
    const refused = Array.from({ length: 100 }, () => inbox.offer(verb('pause'))).find(Boolean);
    expect(refused).toMatchObject({ code: 'inbox-full' });
  });

  it('is emptied at once', () => {
    const inbox = new Inbox({ inputs: 10, bytes: 10 });
    const all = [verb('pause'), event('a', 9)];
    for (const each of all) inbox.offer(each);
    expect(inbox.clear()).toEqual(all);
    expect(inbox.size).toBe(0);
    expect(inbox.offer(event('b', 9))).toBeUndefined();
  });
});
