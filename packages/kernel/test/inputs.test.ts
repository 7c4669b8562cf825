import { encode } from '@aos/canon';
import type { Verb } from '@aos/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import {
  keys,
  kindsOf,
  Life,
  note,
  ofKind,
  poke,
  put,
  type Script,
  stateOf,
} from './effect-world.js';

let life: Life;
afterEach(() => life.expectReopens());

describe('an event with a dedup id', () => {
  it('enters once; a second one is answered with the record of the first', () => {
    life = new Life();
    life.take(poke());
    life.take({ ...poke(), dedup: 'one' });
    const again = { ...poke('other'), dedup: 'one' };
    expect(life.ask(again)).toBe('duplicate');
    expect(life.world.dedup.items.size).toBe(1);
    life.take(life.verb({ verb: 'pause' }));
    expect(life.ask(again)).toBe('duplicate');
  });

  it('is remembered as long as the window holds it', () => {
    life = new Life({}, { dedup_window: 2 });
    for (const dedup of ['a', 'b', 'c']) life.take({ ...poke(), dedup });
    expect(['a', 'b', 'c'].map((dedup) => life.ask({ ...poke(), dedup }))).toEqual([
      'admitted',
      'duplicate',
      'duplicate',
    ]);
  });

  it.each([[''], ['x'.repeat(257)], ['\ud800']])('must be text of some bytes', (dedup) => {
    life = new Life();
    expect(life.ask({ ...poke(), dedup })).toBe('dedup-invalid');
  });
});

describe('an approval that comes too late', () => {
  it('does what the tick would have done, and releases nothing', () => {
    life = new Life({ U: ({ state }) => ({ state, effects: [note('hi', { cap_slot: 'ask' })] }) });
    life.take(poke());
    const yes = { verb: 'approve-intent', intentHash: life.intent, decision: 'approve' } as const;
    life.nowNs = 500n;
    expect(life.take(life.verb(yes, keys.approver))).toMatchObject([
      { kind: 'decision', outcome: 'deny', code: 'approval-expired' },
      { kind: 'settled', code: 'approval-expired' },
      { kind: 'dropped', code: 'receipt-undeliverable' },
    ]);
    expect(life.outputs).toEqual([]);
  });
});

describe('inputs that nothing asks for', () => {
  it('are refused', () => {
    life = new Life();
    expect(life.ask({ kind: 'tick' })).toBe('nothing-due');
    expect(life.ask({ kind: 'continue' })).toBe('nothing-pending');
  });
});

describe('an approval', () => {
  const asking: Script = ({ tag, state }) =>
    tag === 'Put'
      ? ({ state: stateOf(1), effects: [note('a', { cap_slot: 'ask' })] } as never)
      : { state: stateOf(state ? 2 : 1) };
  const saying = (decision: 'approve' | 'reject'): Verb => ({
    verb: 'approve-intent',
    intentHash: life.intent,
    decision,
  });

  it('is waited for, and lets the intent go', () => {
    life = new Life({ K: asking });
    const entries = life.take(put('a'));
    expect(kindsOf(entries)).toEqual(['state-changed', 'decision', 'intent', 'approval-requested']);
    expect(entries[1]).toMatchObject({ outcome: 'wait' });
    expect(entries[3]).toMatchObject({ cause: 2, role: 'approver', count: 1, expiresNs: 500n });
    expect(life.outputs).toEqual([{ kind: 'wake', atNs: 500n }]);
    expect(life.ask(life.receipt({ size: 1 }))).toBe('receipt-not-released');
    const intent = life.intent;
    expect(life.take(life.verb(saying('approve'), keys.approver))).toMatchObject([
      { kind: 'decision', intent, outcome: 'allow' },
    ]);
    expect(life.outputs).toEqual([{ kind: 'release', intent }]);
    expect(life.world.deadlines.size).toBe(0);
    expect(kindsOf(life.take(life.receipt({ size: 1 })))).toEqual(['settled', 'state-changed']);
  });

  it('that is refused ends the intent, and whoever waits is told', () => {
    life = new Life({ K: asking });
    life.take(put('a'));
    expect(life.take(life.verb(saying('reject'), keys.approver))).toMatchObject([
      { kind: 'decision', outcome: 'deny', code: 'approval-rejected' },
      { kind: 'settled', cause: 0, status: 'error', code: 'approval-rejected', internal: true },
      { kind: 'state-changed', cause: 1, key: encode('a') },
    ]);
    expect(life.world.deadlines.size).toBe(0);
  });

  it('that nobody gives in time ends the intent with the tick that is due', () => {
    life = new Life({ K: asking });
    life.take(put('a'));
    life.nowNs = 499n;
    expect(life.take({ kind: 'tick' })).toEqual([]);
    life.nowNs = 500n;
    expect(life.take({ kind: 'tick' })).toMatchObject([
      { kind: 'decision', outcome: 'deny', code: 'approval-expired' },
      { kind: 'settled', status: 'error', code: 'approval-expired' },
      { kind: 'state-changed' },
    ]);
  });

  it('that comes when its time is over is too late, tick or not', () => {
    life = new Life({ K: asking });
    life.take(put('a'));
    const verb = life.verb(saying('approve'), keys.approver);
    life.nowNs = 600n;
    expect(life.take(verb)).toMatchObject([
      { kind: 'decision', outcome: 'deny', code: 'approval-expired' },
      { kind: 'settled', status: 'error' },
      { kind: 'state-changed' },
    ]);
  });

  it('whose own time ends before the record changes nothing', () => {
    life = new Life({ K: asking });
    life.take(put('a'));
    const verb = { ...saying('approve'), expiresNs: 10n } as Verb;
    const raw = life.verb(verb, keys.approver);
    life.nowNs = 11n;
    expect(life.take(raw)).toMatchObject([{ kind: 'dropped', code: 'approval-expired' }]);
    expect(life.world.intents.get(life.intent)?.state).toBe('waiting');
    expect(life.ask(life.verb(verb, keys.approver))).toBe('approval-expired');
  });

  it('is for those with the role, and for intents that wait', () => {
    life = new Life({ K: asking });
    life.take(put('a'));
    expect(life.ask(life.verb(saying('approve'), keys.adapter))).toBe('approval-role');
    const verb = saying('approve');
    life.take(life.verb(verb, keys.approver));
    expect(life.ask(life.verb(verb, keys.approver))).toBe('approval-unknown');
  });
});

describe('wake_at', () => {
  it('stands in every record as long as something waits for time', () => {
    const script: Script = ({ tag, state }) =>
      ({
        state,
        effects: tag === 'Put' ? [note('a', { cap_slot: 'ask' })] : [],
      }) as never;
    life = new Life({ K: script });
    life.take(poke());
    life.take(put('a'));
    life.take(poke());
    expect(life.steps.map(({ record }) => record.wakeAtNs)).toEqual([undefined, 500n, 500n]);
    expect(life.steps.map(({ outputs }) => outputs.length)).toEqual([0, 1, 0]);
  });

  it('fires what is due in the order of time, as far as the budget goes', () => {
    const script: Script = ({ tag, state }) =>
      ({
        state,
        effects: tag === 'Put' ? [note('a', { cap_slot: 'ask' })] : [],
      }) as never;
    life = new Life({ K: script }, { calls_per_step: 3 });
    for (const id of ['a', 'b', 'c', 'd']) {
      life.take(put(id));
      life.nowNs += 1n;
    }
    life.nowNs = 1000n;
    const expired = [];
    for (let round = 0; life.world.deadlines.size > 0; round++) {
      expired.push(ofKind(life.take({ kind: 'tick' }), 'settled').length);
      if (round > 9) throw new Error('a tick must make progress');
    }
    expect(expired).toEqual([3, 1]);
    while (life.world.pending.length > 0) life.take({ kind: 'continue' });
  });
});
