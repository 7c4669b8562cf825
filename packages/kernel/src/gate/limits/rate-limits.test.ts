import type { Origin } from '@aos/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ask,
  emptyState,
  gateOf,
  goPlan,
  type Json,
  outcomeOf,
  portsOf,
  stopPlan,
} from '../../../test/gate-world.js';
import { authorize } from '../authorize.js';
import type { GateState } from '../gate-state.js';

const rule = (rate_limit: Json, when: Json = {}): Json => ({ when, decision: 'allow', rate_limit });

/** Effects at these moments, one after the other: which of them went out. */
function outcomes(limit: Json, moments: readonly { ns: bigint; seq: number }[]) {
  const gate = gateOf({ rules: [rule(limit)] });
  let state: GateState = emptyState();
  let most = 0;
  let advice = '';
  const codes = moments.map(({ ns, seq }, index) => {
    const { now, ...request } = ask({ index });
    const at = { ...request, now: { ...now, logicalNowNs: ns, seq } };
    const verdict = authorize(gate, state, at, portsOf());
    if (verdict.kind === 'open') state = verdict.state;
    if (verdict.kind === 'denied') advice = verdict.advice;
    most = Math.max(most, state.windows.size);
    return outcomeOf(verdict);
  });
  return { codes, most, state, advice };
}

const times = (...ns: number[]) => ns.map((each) => ({ ns: BigInt(each), seq: 1 }));
const records = (...seqs: number[]) => seqs.map((seq) => ({ ns: 1n, seq }));

describe('a rate limit', () => {
  test('lets so many through in any window of logical time', () => {
    const { codes } = outcomes({ count: 2, per_ns: 100 }, times(0, 50, 99, 100, 149, 150, 200));
    const no = 'rate-limited';
    expect(codes).toEqual(['open', 'open', no, 'open', no, 'open', 'open']);
  });

  test('lets so many through in any window of records', () => {
    const { codes } = outcomes({ count: 1, per_records: 10 }, records(5, 5, 14, 15, 25, 34));
    const no = 'rate-limited';
    expect(codes).toEqual(['open', no, no, 'open', 'open', no]);
  });

  test('forgets the first of what no window holds any more, and two more each time', () => {
    const limit = { count: 5, per_ns: 100 };
    const left = (...moments: number[]) => {
      const { state } = outcomes(limit, times(...moments));
      return [...state.windows.range()].map(({ ordinal, at }) => [ordinal, Number(at)]);
    };
    const many = [0, 0, 0, 0, 0];
    expect(left(...many)).toEqual(many.map((at, ordinal) => [ordinal, at]));
    // the sixth comes in the place of the first, and the two after that are old
    const last = [4, 0];
    expect(left(...many, 100)).toEqual([[3, 0], last, [5, 100]]);
    expect(left(...many, 100, 100)).toEqual([
      [5, 100],
      [6, 100],
    ]);
    // one that a window still holds is not old
    expect(left(0, 50, 149)).toEqual([
      [1, 50],
      [2, 149],
    ]);
    expect(left(0, 50, 99)).toHaveLength(3);
  });

  test('forgets nothing of what another rule let through', () => {
    const slow = rule({ count: 1, per_ns: 1_000 }, { origin_name: 'g/stop@1' });
    const gate = gateOf({ rules: [slow, rule({ count: 1, per_ns: 10 })] });
    let state: GateState = emptyState();
    const at = (ns: bigint, origin = goPlan) => {
      const request = ask({ index: Number(ns), logicalNowNs: ns, origin });
      const verdict = authorize(gate, state, request, portsOf());
      if (verdict.kind === 'open') state = verdict.state;
      return outcomeOf(verdict);
    };
    expect(at(1n, stopPlan)).toBe('open');
    for (const ns of [100n, 200n, 300n]) expect(at(ns)).toBe('open');
    expect(at(999n, stopPlan)).toBe('rate-limited');
    expect(at(1_001n, stopPlan)).toBe('open');
  });

  test('takes no old mark of another rule for one of its own', () => {
    const limit = { count: 2, per_ns: 100 };
    const gate = gateOf({ rules: [rule(limit, { origin_name: 'g/stop@1' }), rule(limit)] });
    for (const [early, late] of [
      [goPlan, stopPlan],
      [stopPlan, goPlan],
    ]) {
      let state: GateState = emptyState();
      const at = (ns: bigint, origin = late) => {
        const request = ask({ index: Number(ns), logicalNowNs: ns, origin: origin as Origin });
        const verdict = authorize(gate, state, request, portsOf());
        if (verdict.kind === 'open') state = verdict.state;
        return outcomeOf(verdict);
      };
      expect(at(1n, early)).toBe('open');
      expect([at(500n), at(501n), at(502n)]).toEqual(['open', 'open', 'rate-limited']);
    }
  });

  test('says when there is room again', () => {
    const advice = (limit: Json, moments: ReturnType<typeof times>) =>
      outcomes(limit, moments).advice;
    expect(advice({ count: 1, per_ns: 100 }, times(7, 9))).toBe(
      'wait for logical time 107, or raise count of the rule above 1',
    );
    expect(advice({ count: 1, per_records: 10 }, records(5, 6))).toBe(
      'wait for record 15, or raise count of the rule above 1',
    );
  });

  test('denies although a later rule would allow', () => {
    const rules = [rule({ count: 1, per_ns: 100 }), { when: {}, decision: 'allow' }];
    const gate = gateOf({ rules });
    const first = authorize(gate, emptyState(), ask(), portsOf());
    if (first.kind !== 'open') throw new Error('it is open');
    const second = authorize(gate, first.state, ask({ index: 1 }), portsOf());
    expect(second).toMatchObject({
      code: 'rate-limited',
      at: 'policy g/policy@1 rule 0 rate_limit',
      decision: { rule: 0, outcome: 'deny' },
    });
  });

  test('is that of the rule that decides, and of what this says', () => {
    const limit = { count: 1, per_ns: 100 };
    const byStop = rule(limit, { origin_name: 'g/stop@1' });
    const gate = gateOf({ rules: [byStop, rule(limit)] });
    const first = authorize(gate, emptyState(), ask(), portsOf());
    if (first.kind !== 'open') throw new Error('it is open');
    const other = authorize(gate, first.state, ask({ origin: stopPlan }), portsOf());
    expect(outcomeOf(other)).toBe('open');
    const sameElsewhere = gateOf({
      rules: [
        { when: { cap_name: 'note', origin_name: 'g/stop@1' }, decision: 'deny' },
        rule(limit),
      ],
    });
    expect(outcomeOf(authorize(sameElsewhere, first.state, ask({ index: 1 }), portsOf()))).toBe(
      'rate-limited',
    );
  });

  test('is exact: as many as any window holds, and none less', () => {
    const gaps = fc.array(fc.nat(40), { maxLength: 60 });
    const limits = fc.record({
      count: fc.integer({ min: 1, max: 5 }),
      per_ns: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(gaps, limits, (each, limit) => {
        const sums = each.map((_, i) => each.slice(0, i + 1).reduce((sum, gap) => sum + gap, 0));
        const moments = times(...sums);
        const { codes, most } = outcomes(limit, moments);
        expect(most).toBeLessThanOrEqual(limit.count);
        const through: bigint[] = [];
        for (const [i, { ns }] of moments.entries()) {
          const within = through.filter((at) => at + BigInt(limit.per_ns) > ns).length;
          expect(codes[i]).toBe(within < limit.count ? 'open' : 'rate-limited');
          if (codes[i] === 'open') through.push(ns);
        }
      }),
    );
  });
});
