import { sha256, utf8 } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { Life, note, ofKind, poke, put, type Script } from './effect-world.js';

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

  it('as much fuel as a number says exactly', () => {
    const trap: Script = () => 'module-trap';
    const life = new Life({ K: trap, U: trap }, { fuel_per_call: Number.MAX_SAFE_INTEGER });
    life.take(put('a'));
    expect(life.steps[0]?.record.fuel).toBe(Number.MAX_SAFE_INTEGER);
    life.expectReopens();
  });
});
