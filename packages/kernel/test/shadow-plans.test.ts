/** Shadows of worlds with plans: what runs, what waits, and who has said yes. */
import type { WorldDefinition } from '@aos/air';
import { encode } from '@aos/canon';
import { runShadow, type ShadowQuestion, type World } from '@aos/kernel';
import { describe, expect, it } from 'vitest';
import { GovernedWorld } from './governed-world.js';
import { awaitEvent, emit, end, nat, type PlansBrief, plansOf, receipt } from './plan-world.js';

const asking = {
  steps: [emit('a'), receipt('ra', 'a'), end()],
  edges: [
    ['a', 'ra'],
    ['ra', 'end'],
  ],
} as const;
const askingTwice = {
  steps: [emit('a'), receipt('ra', 'a'), emit('b', nat(7)), receipt('rb', 'b'), end()],
  edges: [
    ['a', 'ra'],
    ['ra', 'b'],
    ['b', 'rb'],
    ['rb', 'end'],
  ],
} as const;
const hearing = {
  steps: [awaitEvent('hear'), end()],
  edges: [['hear', 'end']],
} as const;

const grants = (more: { readonly [field: string]: string | number | object }) => ({
  policy: 't/policy@1',
  cap_grants: [{ name: 'asking', cap: 't/asking@1', params: {}, ...more }],
});
const world = (main: PlansBrief['plans'][string], more: Partial<PlansBrief> = {}) =>
  plansOf({ plans: { main }, ...more });

/** The same with one plan more, which nothing starts. */
const andIdle = (main: PlansBrief['plans'][string], more: Partial<PlansBrief> = {}) =>
  plansOf({ plans: { main, idle: hearing }, ...more });

class Past {
  readonly world: GovernedWorld;
  readonly from: World;

  constructor(definition: WorldDefinition) {
    this.world = new GovernedWorld(definition);
    this.from = this.world.world;
  }

  start(n: number): void {
    expect(this.world.event('t/Start@1', { id: `s${n}`, n, list: [] })).toBeUndefined();
  }

  answer(n = 1): void {
    expect(this.world.receipt('ok', { n })).toBeUndefined();
  }

  shadow(to: WorldDefinition, more: Partial<ShadowQuestion> = {}) {
    expect(this.world.propose(to)).toBeUndefined();
    const { base, patchHash } = this.world.proposal(0);
    const { engine, records, world: head } = this.world;
    const window = { world: this.from, records };
    const outcome = runShadow(
      { head, window, patch: { base, patchHash }, ...more },
      { engine, object: (hash) => this.world.object(hash) },
    );
    if (outcome.kind === 'report') return outcome.report;
    throw new Error(JSON.stringify(outcome));
  }
}

describe('the window of a world with plans', () => {
  it('runs as it did where nothing changes that runs', () => {
    const past = new Past(world(asking));
    for (const n of [1, 2, 3]) past.start(n);
    past.answer();
    past.answer();
    const { window, in_flight } = past.shadow(andIdle(asking));
    expect(window).toMatchObject({
      first_divergence: null,
      receipts_from: { base: { recorded: 2, open: 1 }, candidate: { recorded: 2, open: 1 } },
    });
    expect(in_flight).toMatchObject({ instances: 1, intents: 1, affected: { count: 0 } });
  });

  it('shows what another plan asks for, and what of that never had an answer', () => {
    const past = new Past(world(asking));
    for (const n of [1, 2]) {
      past.start(n);
      past.answer();
    }
    past.start(3);
    const { window, in_flight, authority } = past.shadow(world(askingTwice));
    expect(window?.effects_added.rows).toEqual([
      { effect: 'ask', cap: 'asking', origin: 't/main@1/b', params: '{"n":7}', count: 2 },
    ]);
    expect(window?.effects_removed.count).toBe(0);
    expect(window?.receipts_from.candidate).toEqual({
      ...{ recorded: 2, scripted: 0, synthetic: 2, open: 1 },
    });
    expect(window?.first_divergence).toMatchObject({ input: 'receipt' });
    expect(in_flight.affected.rows).toEqual([
      { what: 'instance', name: 't/main@1', count: 1, why: ['plan-changed'] },
    ]);
    expect(authority.count).toBe(0);
  });

  it('takes the yes of people for the effect that stands in the place of theirs', () => {
    const rules = [
      { when: {}, decision: 'require_approval', approval: { role: 'approver', count: 1 } },
    ];
    const past = new Past(world(asking, { rules }));
    past.start(1);
    const [intent] = [...past.world.world.intents.range()];
    if (intent === undefined) throw new Error('it waits for people');
    const { hash: intentHash } = intent;
    past.world.say('ana', { verb: 'approve-intent', intentHash, decision: 'approve' });
    past.answer();
    const { window } = past.shadow(andIdle(asking, { rules }));
    expect(window).toMatchObject({
      first_divergence: null,
      receipts_from: { candidate: { recorded: 1, open: 0 } },
    });
  });

  it('shows what needs nobody any more', () => {
    const rules = [
      { when: {}, decision: 'require_approval', approval: { role: 'approver', count: 1 } },
    ];
    const past = new Past(world(asking, { rules }));
    past.start(1);
    const { window, authority } = past.shadow(world(asking));
    expect(window?.decisions.rows).toMatchObject([{ base: 'wait', candidate: 'allow' }]);
    expect(authority.rows.map(({ risk, change }) => [risk, change])).toEqual([
      ['wider', 'added'],
      ['wider', 'removed'],
    ]);
  });
});

describe('what is in flight', () => {
  it('is touched by a grant that is another one now', () => {
    const past = new Past(world(asking));
    past.start(1);
    const { in_flight, authority } = past.shadow(
      world(asking, { manifest: { defaults: grants({ expiry_ns: 1000 }) } }),
    );
    expect(authority.rows).toMatchObject([{ risk: 'narrower', name: 'asking' }]);
    expect(in_flight.affected.rows).toEqual([
      { what: 'instance', name: 't/main@1', count: 1, why: ['grant-changed'] },
      { what: 'intent', name: 'ask', count: 1, why: ['grant-changed'] },
    ]);
  });

  it('ends where it waits for people under a grant that is gone', () => {
    const rules = [
      { when: {}, decision: 'require_approval', approval: { role: 'approver', count: 1 } },
    ];
    const past = new Past(world(asking, { rules }));
    past.start(1);
    const bare = world(hearing, {
      rules,
      manifest: { defaults: { policy: 't/policy@1' } },
    });
    expect(past.shadow(bare).in_flight).toMatchObject({ intents: 1, cancelled: 1 });
  });

  it('is answered by scripts on the world as it is', () => {
    const past = new Past(world(asking));
    past.start(1);
    const scripts = [{ effect: 'ask', status: 'ok', payload: encode({ n: 9 }) }] as const;
    const { head } = past.shadow(andIdle(asking), { scripts });
    expect(head).toMatchObject({
      first_divergence: null,
      receipts_from: { candidate: { scripted: 1, open: 0 } },
    });
  });
});
