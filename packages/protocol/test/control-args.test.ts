import {
  CONTROL_STREAMS,
  CONTROL_VERBS,
  type ControlVerb,
  callKind,
  isControlStream,
  isControlVerb,
  newPlainRecord,
  type PlainRecord,
  type PlainValue,
  parseClientMessage,
  parseControlArgs,
  parseServerMessage,
} from '@aos/protocol';
import { describe, expect, it } from 'vitest';

function outcome(verb: ControlVerb | 'audit' | 'journal.tail', args: PlainValue): unknown {
  const parsed = parseControlArgs(verb, args);
  return parsed.ok ? parsed.value : `${parsed.refusal.code} ${parsed.refusal.at}`;
}

describe('arguments', () => {
  const refused: readonly (readonly [ControlVerb | 'journal.tail', PlainValue, string])[] = [
    ['status', 7, '/args'],
    ['status', [], '/args'],
    ['status', { more: 1 }, '/args/more'],
    ['status', { authoring: 1 }, '/args/authoring'],
    ['event.send', { value: 1 }, '/args/schema'],
    ['event.send', { schema: 'a/B@1' }, '/args/value'],
    ['event.send', { schema: 'a/B@1', value: 1, cbor: new Uint8Array() }, '/args/value'],
    ['event.send', { schema: 'a/B@1', value: 1, wait: 'soon' }, '/args/wait'],
    ['event.send', { schema: 'a/B@1', value: 1, timeout_ms: -1 }, '/args/timeout_ms'],
    ['event.send', { schema: 'x'.repeat(1025), value: 1 }, '/args/schema'],
    ['state.get', { reducer: 'r', at: 'exact:' }, '/args/at'],
    ['state.get', { reducer: 'r', at: 'exact:1e3' }, '/args/at'],
    ['state.get', { reducer: 'r', key: 1, key_json: '1' }, '/args/key_json'],
    ['cells.list', { reducer: 'r', limit: 0 }, '/args/limit'],
    ['cells.list', { reducer: 'r', limit: 10_001 }, '/args/limit'],
    ['blob.get', { hash: 'sha256:00' }, '/args/hash'],
    ['blob.get', { hash: new Uint8Array(31) }, '/args/hash'],
    ['blob.put', { bytes: 'text' }, '/args/bytes'],
    ['definition.list', { kinds: ['a', 1] }, '/args/kinds'],
    ['journal.tail', { from: 2n ** 60n }, '/args/from'],
    ['receipt.send', { receipt: { epoch: 1 } }, '/args/receipt/world_id'],
    ['why', { kind: 'that', what: '1' }, '/args/kind'],
  ];
  it.each(refused)('of %s that are wrong are refused with their path', (verb, args, at) => {
    expect(outcome(verb, args)).toBe(`control-args ${at}`);
  });

  it('that are null count as absent, but for values and keys', () => {
    expect(outcome('journal.tail', { from: null, kinds: null })).toEqual({
      from: undefined,
      count: undefined,
      kinds: undefined,
      follow: false,
      cbor: false,
    });
    expect(outcome('event.send', { schema: 'a/B@1', value: null })).toMatchObject({
      value: { form: 'plain', value: null },
      wait: 'durable',
    });
    expect(outcome('status', null)).toEqual({ authoring: false });
  });

  it('named like what every object has are names like any other', () => {
    const args = newPlainRecord();
    const name = '__proto__';
    args[name] = { schema: 'a/B@1' };
    expect(outcome('status', args)).toBe('control-args /args/__proto__');
    expect(outcome('event.send', args)).toBe('control-args /args/schema');
    const polluted = Object.create({ schema: 'a/B@1', value: 1 }) as PlainRecord;
    expect(outcome('event.send', polluted)).toBe('control-args /args/schema');
    expect({}).not.toHaveProperty('schema');
  });
});

describe('names of verbs', () => {
  it('are those of the lists, and nothing that objects have', () => {
    expect(CONTROL_VERBS.every(isControlVerb)).toBe(true);
    expect(CONTROL_STREAMS.every(isControlStream)).toBe(true);
    for (const name of ['constructor', '__proto__', 'toString', '', 'journal.tail']) {
      expect([name, isControlVerb(name)]).toEqual([name, false]);
    }
  });

  it('tells what waits for its world from what ends by itself', () => {
    const kinds = (args: PlainValue) => {
      const counts = { send: 0, read: 0, wait: 0 };
      for (const verb of CONTROL_VERBS) counts[callKind(verb, args)] += 1;
      return counts;
    };
    const others = CONTROL_VERBS.length - 12;
    expect(kinds(null)).toEqual({ send: 11, read: others, wait: 1 });
    for (const wait of ['accepted', 'durable', 7, null]) {
      expect(kinds({ wait, at: 'exact:1' })).toEqual({ send: 11, read: others, wait: 1 });
    }
    for (const wait of ['ended', 'quiescent']) {
      expect(kinds({ wait, at: 'head' })).toEqual({ send: 0, read: others, wait: 12 });
    }
    expect(kinds({ at: 'at_least:7' })).toEqual({ send: 11, read: 0, wait: others + 1 });
    expect(callKind('__proto__', { wait: 'ended' })).toBe('read');
  });
});

describe('messages', () => {
  const wrong: readonly PlainValue[] = [
    null,
    1,
    [],
    {},
    { type: 'response', id: 1, ok: true, result: 1 },
    { type: 'request', id: -1, verb: 'status' },
    { type: 'request', id: 2 ** 32, verb: 'status' },
    { type: 'request', id: 1, verb: 1 },
    { type: 'request', id: 1, verb: 'status', credit: 65_537 },
    { type: 'request', id: 1, verb: 'status', more: 1 },
    { type: 'pull', id: 1 },
    { type: 'hello', v: 1, token: 't' },
  ];
  it.each(wrong)('of clients that are none are refused: %j', (value) => {
    expect(parseClientMessage(value)).toMatchObject({ refusal: { code: 'control-message' } });
  });

  it('of servers are read, or refused', () => {
    const error = { kind: 'fault', code: 'a-b', at: '', message: '', retry: 'now' };
    expect(parseServerMessage({ type: 'end', id: 1, error: null }).ok).toBe(true);
    expect(parseServerMessage({ type: 'end', id: 1, error }).ok).toBe(true);
    expect(parseServerMessage({ type: 'response', id: 1, ok: false, error }).ok).toBe(true);
    const odd = { ...error, retry: 'maybe' };
    expect(parseServerMessage({ type: 'goodbye', error: odd }).ok).toBe(false);
    expect(parseServerMessage({ type: 'request', id: 1, verb: 'status' }).ok).toBe(false);
  });
});
