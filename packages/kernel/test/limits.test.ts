import { encode, sha256, utf8 } from '@aos/canon';
import { createWorld } from '@aos/kernel';
import { encodeGenesis, keyIdOf } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import {
  definition,
  keyBytes,
  Life,
  note,
  ofKind,
  poke,
  put,
  type Script,
} from './effect-world.js';

const question = {
  kind: 'introspect.journal_head',
  params_cbor: encode({}),
  cap_slot: 'query',
};

describe('what a world holds is bounded', () => {
  it('1,024 keys, revoked ones among them', () => {
    const life = new Life();
    const add = (i: number) =>
      life.verb({
        verb: 'keyring-add',
        publicKey: sha256(utf8(`key ${i}`)),
        name: `key ${i}`,
        roles: ['adapter'],
      });
    while (life.world.keyring.length < 1024) life.take(add(life.world.keyring.length));
    expect(life.ask(add(2000))).toBe('keyring-full');
  });

  it.each([
    ['1,024 keys of its genesis', 1025, 'keyring-full'],
    ['each key of its genesis once', 2, 'key-known'],
    ['each name of its genesis once', 3, 'key-name-taken'],
  ])('%s', (_, count, code) => {
    const { engine, first } = new Life();
    const keyring = Array.from({ length: count }, (_, i) => {
      const publicKey = sha256(utf8(count > 2 ? `key ${i}` : 'key'));
      return {
        keyId: keyIdOf(publicKey),
        publicKey,
        name: count === 3 ? 'ben' : `key ${i}`,
        roles: [],
      };
    });
    const genesis = encodeGenesis({ ...first.genesis, keyring });
    expect(createWorld(genesis, definition, { engine })).toMatchObject({ refusal: { code } });
  });

  it('100,000 open intents', () => {
    const many = Array.from({ length: 64 }, () => note());
    const script: Script = ({ state }) => ({ state, effects: many }) as never;
    const life = new Life({ U: script });
    while (life.world.intents.size + 64 <= 100_000) life.take(poke());
    expect(life.world.intents.size).toBe(99_968);
    expect(life.take(poke())).toMatchObject([
      { kind: 'decision', outcome: 'deny', code: 'intents-over-limit' },
      { kind: 'reducer-fault', code: 'intents-over-limit' },
    ]);
    const dropped = ofKind(life.take(life.verb({ verb: 'epoch', epoch: 1 })), 'dropped');
    expect(dropped).toHaveLength(99_968);
    life.expectLastReplays();
  });

  it.each([
    ['what has settled already', () => note('hi', { idempotency_key: keyBytes(7) })],
    ['what the kernel answers', () => question],
  ])('receipts that come at once, of %s', (_, effect) => {
    const many = Array.from({ length: 4 }, effect);
    const script: Script = ({ state, tag }) =>
      ({ state, effects: tag === 'Put' ? [effect()] : many }) as never;
    const life = new Life({ K: script }, { pending_work: 20, calls_per_step: 3 });
    life.take(put('a'));
    if (life.world.intents.size > 0) life.take(life.receipt({ size: 1 }));
    let denials = 0;
    for (let i = 0; i < 20 && life.world.pending.length > 0; i++) {
      const entries = life.take({ kind: 'continue' });
      denials += ofKind(entries, 'reducer-fault').filter((e) => e.code === 'cascade-limit').length;
      expect(life.world.pending.length).toBeLessThanOrEqual(20);
    }
    expect(denials).toBeGreaterThan(0);
    life.expectReopens();
  });

  it('records, whatever the keys of the cells that ask', () => {
    const notes = Array.from({ length: 64 }, () => note());
    const key = 'k'.repeat(4000);
    let calls = 0;
    const script: Script = ({ state }) => {
      calls += 1;
      const again = { schema: 'e/Put@1', value: encode({ id: key, what: 'x' }) };
      return {
        state,
        effects: notes,
        domain_events: calls > 1 ? [] : Array(99).fill(again),
      } as never;
    };
    const life = new Life({ K: script }, { emitted_bytes: 1 << 22 });
    life.take(put(key));
    expect(life.steps[0]?.bytes.length).toBeLessThan(3 << 20);
    expect(life.world.pending.length).toBeGreaterThan(0);
  });

  it('as much fuel as a number says exactly', () => {
    const trap: Script = () => 'module-trap';
    const life = new Life({ K: trap, U: trap }, { fuel_per_call: Number.MAX_SAFE_INTEGER });
    life.take(put('a'));
    expect(life.steps[0]?.record.fuel).toBe(Number.MAX_SAFE_INTEGER);
    life.expectReopens();
  });
});
