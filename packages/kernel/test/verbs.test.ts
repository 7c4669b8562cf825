import { encode, sha256, utf8, ZERO_HASH } from '@aos/canon';
import type { RawVerb } from '@aos/kernel';
import { CURRENT_RUNTIME, keyIdOf, type Verb } from '@aos/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { keys, kindsOf, Life, note, poke, put, type Script, stateOf } from './effect-world.js';

let life: Life;
afterEach(() => life.expectReopens());

const asking: Script = ({ tag, state }) =>
  tag === 'Put'
    ? ({ state: stateOf(1), effects: [note()] } as never)
    : { state: stateOf(state ? 2 : 1) };
const size = { size: 1 };
const pause: Verb = { verb: 'pause' };
const resume: Verb = { verb: 'resume' };
const drain: Verb = { verb: 'drain' };
const halt: Verb = { verb: 'halt', code: 'looks-odd' };

describe('a world that is paused or halted', () => {
  it.each<[Verb, string]>([
    [pause, 'world-paused'],
    [halt, 'world-halted'],
  ])('takes no events, ticks and continues after %o', (verb, code) => {
    life = new Life({ K: asking });
    life.take(life.verb(verb));
    const raws = [put('a'), { kind: 'tick' } as const, { kind: 'continue' } as const];
    expect(raws.map((raw) => life.ask(raw))).toEqual([code, code, code]);
    const approval = {
      verb: 'approve-intent',
      intentHash: ZERO_HASH,
      decision: 'approve',
    } as const;
    expect(life.ask(life.verb(approval, keys.approver))).toBe(code);
  });

  it('settles receipts and wakes nobody with them until it goes on', () => {
    life = new Life({ K: asking });
    life.take(put('a'));
    life.take(life.verb(pause));
    expect(kindsOf(life.take(life.receipt(size)))).toEqual(['settled']);
    expect(life.outputs).toEqual([]);
    expect(life.world.pending).toHaveLength(1);
    expect(life.take(life.verb(resume))).toEqual([]);
    expect(life.outputs).toEqual([{ kind: 'continue' }]);
    expect(life.take({ kind: 'continue' })).toMatchObject([
      { kind: 'state-changed', cause: { seq: 2, i: 0 }, key: encode('a') },
    ]);
    expect(life.world.pending).toEqual([]);
  });

  it('keeps the work that was left over, in order', () => {
    const script: Script = ({ tag, state }) => ({
      state,
      domain_events: tag === 'Put' ? [{ schema: 'e/Poke@1', value: encode({ what: '' }) }] : [],
    });
    life = new Life({ U: script }, { calls_per_step: 2 });
    life.take(put('a'));
    expect(life.world.pending).toHaveLength(2);
    life.take(life.verb(pause));
    expect(life.outputs).toEqual([]);
    expect(life.world.pending).toHaveLength(2);
    life.take(life.verb(resume));
    life.take({ kind: 'continue' });
    expect(life.world.pending).toEqual([]);
  });

  it('says why it is halted until it is resumed', () => {
    life = new Life();
    life.take(life.verb(halt));
    expect(life.world).toMatchObject({ mode: 'halted', haltCode: 'looks-odd' });
    expect(life.ask(life.verb(pause))).toBe('world-halted');
    expect(life.ask(life.verb(drain))).toBe('world-halted');
    life.take(life.verb(resume));
    expect(life.world).toMatchObject({ mode: 'running', haltCode: null });
  });
});

describe('a draining world', () => {
  it('takes no events and finishes what it has', () => {
    life = new Life({ K: asking }, { calls_per_step: 1 });
    life.take(put('a'));
    life.take(life.verb(drain));
    expect(life.ask(put('b'))).toBe('world-draining');
    expect(life.outputs).toEqual([{ kind: 'continue' }]);
    life.take({ kind: 'continue' });
    expect(kindsOf(life.take(life.receipt(size)))).toContain('settled');
  });
});

describe('a signed verb', () => {
  it.each<[string, () => RawVerb]>([
    ['verb-key', () => life.verb(pause, keys.stranger)],
    ['verb-key', () => life.verb(pause, keys.adapter)],
    ['verb-key', () => ({ ...life.verb(pause), sig: new Uint8Array(1) })],
    ['verb-nonce', () => ({ ...life.verb(pause), nonce: new Uint8Array(15) })],
    ['verb-unknown', () => ({ ...life.verb(pause), verb: 'dance' }) as never],
    ['verb-unknown', () => ({ ...life.verb(pause), kind: 'keyring' }) as never],
    ['shape-field', () => ({ ...life.verb(pause), args: new Map([['x', 1]]) })],
    ['verb-args', () => life.verb({ verb: 'halt', code: 'Not A Code' })],
    ['mode-unchanged', () => life.verb(resume)],
    ['epoch-not-greater', () => life.verb({ verb: 'epoch', epoch: 0 })],
    ['key-unknown', () => life.verb({ verb: 'keyring-revoke', keyId: ZERO_HASH })],
    ['key-last-operator', () => life.verb({ verb: 'keyring-revoke', keyId: keys.operator.keyId })],
    ['key-known', () => life.verb(addition(keys.adapter.publicKey))],
    ['verb-args', () => life.verb({ ...addition(sha256(utf8('new'))), name: '\ud800' } as Verb)],
  ])('is refused with %s', (code, raw) => {
    life = new Life();
    expect(life.ask(raw())).toBe(code);
  });

  it('is good once, for the key that signed it', () => {
    life = new Life();
    const verb = life.verb(pause);
    life.take(verb);
    life.take(life.verb(resume));
    expect(life.ask(verb)).toBe('verb-replayed');
  });
});

const addition = (publicKey: Uint8Array, name = 'new'): Verb => ({
  verb: 'keyring-add',
  publicKey,
  name,
  roles: ['operator'],
});

describe('the keyring', () => {
  it('knows a key from the record that adds it to the one that revokes it', () => {
    life = new Life();
    const publicKey = sha256(utf8('new'));
    const keyId = keyIdOf(publicKey);
    const byNew = { keyId };
    expect(life.ask(life.verb(pause, byNew))).toBe('verb-key');
    expect(life.take(life.verb(addition(publicKey)))).toEqual([
      { kind: 'keyring-changed', cause: null, verb: 'add', keyId },
    ]);
    life.take(life.verb(pause, byNew));
    expect(life.take(life.verb({ verb: 'keyring-revoke', keyId }))).toEqual([
      { kind: 'keyring-changed', cause: null, verb: 'revoke', keyId },
    ]);
    expect(life.ask(life.verb(resume, byNew))).toBe('verb-key');
    expect(life.ask(life.verb(addition(publicKey)))).toBe('key-known');
    expect(life.ask(life.verb({ verb: 'keyring-revoke', keyId }))).toBe('key-revoked');
    expect(life.world.keyring.at(-1)).toMatchObject({ addedAt: 0, revokedAt: 2 });
  });

  it('has each name once, until its key is revoked', () => {
    life = new Life();
    const [first, second] = [sha256(utf8('first')), sha256(utf8('second'))];
    life.take(life.verb(addition(first, 'ben')));
    expect(life.ask(life.verb(addition(second, 'ben')))).toBe('key-name-taken');
    life.take(life.verb({ verb: 'keyring-revoke', keyId: keyIdOf(first) }));
    expect(life.take(life.verb(addition(second, 'ben')))).toHaveLength(1);
  });

  it('lets the first operator go once there is another', () => {
    life = new Life();
    life.take(life.verb(addition(sha256(utf8('new')))));
    life.take(life.verb({ verb: 'keyring-revoke', keyId: keys.operator.keyId }));
    expect(life.ask(life.verb(pause))).toBe('verb-key');
  });
});

describe('an epoch', () => {
  it('ends every open intent, tells who waits, and takes no receipt of before', () => {
    life = new Life({ K: asking });
    life.take(put('a'));
    life.take(put('b'));
    const receipts = [...life.world.intents.range()].map(({ hash }) =>
      life.receipt(size, { intentHash: hash }),
    );
    const entries = life.take(life.verb({ verb: 'epoch', epoch: 5 }));
    expect(entries).toMatchObject([
      { kind: 'dropped', code: 'intent-abandoned' },
      { kind: 'dropped', code: 'intent-abandoned' },
    ]);
    expect(life.outputs?.map(({ kind }) => kind)).toEqual(['cancel', 'cancel', 'continue']);
    expect(life.world.epoch).toBe(5);
    expect(receipts.map((raw) => life.ask(raw))).toEqual(['receipt-epoch', 'receipt-epoch']);
    expect(life.take({ kind: 'continue' })).toMatchObject([
      { kind: 'state-changed', cause: { seq: 2, i: 0 } },
      { kind: 'state-changed', cause: { seq: 2, i: 1 } },
    ]);
  });

  it('is part of the identity of effects', () => {
    life = new Life({ K: asking });
    life.take(life.verb({ verb: 'epoch', epoch: 1 }));
    life.take(put('a'));
    expect(life.world.intents.get(life.intent)?.epoch).toBe(1);
    expect(kindsOf(life.take(life.receipt(size)))[0]).toBe('settled');
  });
});

describe('a runtime upgrade', () => {
  const upgrade = (limits: object, more: object = {}): Verb => ({
    verb: 'runtime-upgrade',
    runtime: { ...CURRENT_RUNTIME, ...more, limits: { ...CURRENT_RUNTIME.limits, ...limits } },
  });

  it('changes the numbers from the next record on', () => {
    life = new Life({ U: ({ state }) => ({ state }) });
    life.take(poke('x'.repeat(100)));
    life.take(life.verb(upgrade({ event_bytes: 50 })));
    expect(life.ask(poke('x'.repeat(100)))).toBe('event-too-large');
    expect(life.world.runtime.limits.event_bytes).toBe(50);
    expect(life.world.genesis.runtime.limits.event_bytes).toBe(1 << 20);
  });

  it.each([
    ['a version this build does not have', upgrade({}, { guard: 7 })],
    ['rules this build does not have', upgrade({}, { kernel: 2 })],
    ['a limit beyond what it can keep', upgrade({ memory_pages: 70_000 })],
    ['a limit under which nothing would run', upgrade({ calls_per_step: 0 })],
  ])('is refused for %s', (_why, verb) => {
    life = new Life();
    expect(life.ask(life.verb(verb))).toBe('runtime-unsupported');
  });
});
