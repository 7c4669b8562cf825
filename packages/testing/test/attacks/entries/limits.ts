/** Grants, rates, budgets and approvals at the very moments at which they end. */
import type { Attack, Met } from '../../../src/attacks/attack.js';
import { Range } from '../range.js';
import { type Cap, LATE_NS, shootingWorld, WINDOW_NS } from '../shooting-world.js';
import { answerOf, sayOf } from './requests.js';

type Limit = Attack<Range>;

/** Effects are in flight for ever: what they reserved is not settled. */
export const limited = (): Range => new Range(shootingWorld([]), { kinds: ['pay'], held: ['pay'] });

const pay = (range: Range, cap: Cap, n = 1): Promise<Met> =>
  range.event('x/Do@1', { id: 'a', answer: answerOf([sayOf('pay', cap, n)]) });

/** Both people say yes. */
async function approve(range: Range): Promise<Met> {
  const { hash: intentHash } = await range.lastIntent();
  const yes = { verb: 'approve-intent', intentHash, decision: 'approve' } as const;
  return [...(await range.verb(yes, 'ana')), ...(await range.verb(yes, 'ben'))];
}

const asked = (range: Range): Promise<Met> => pay(range, 'asked');

export const LIMITS: readonly Limit[] = [
  {
    attempt: 'uses a grant at the moment at which it expires',
    code: 'grant-expired',
    act: (range) => {
      range.time.pass(LATE_NS);
      return pay(range, 'late');
    },
    twin: (range) => pay(range, 'pay'),
  },
  {
    attempt: 'asks again before it may',
    code: 'rate-limited',
    prepare: (range) => pay(range, 'slow'),
    act: (range) => {
      range.time.pass(WINDOW_NS - LATE_NS);
      return pay(range, 'slow', 2);
    },
    twin: (range) => {
      range.time.pass(2n * LATE_NS);
      return pay(range, 'slow', 3);
    },
  },
  {
    attempt: 'asks for what another effect has reserved and not used yet',
    code: 'budget-exhausted',
    prepare: (range) => pay(range, 'poor'),
    act: (range) => pay(range, 'poor', 2),
    twin: (range) => pay(range, 'pay', 2),
  },
  {
    attempt: 'asks a delegation for what its parent has reserved',
    code: 'budget-exhausted',
    prepare: (range) => pay(range, 'purse'),
    act: (range) => pay(range, 'underPurse'),
    twin: (range) => pay(range, 'pay'),
  },
  {
    attempt: 'is approved when its time is over, before the world knows',
    code: 'approval-unknown',
    prepare: asked,
    act: async (range) => {
      const { hash: intentHash } = await range.lastIntent();
      const yes = { verb: 'approve-intent', intentHash, decision: 'approve' } as const;
      await range.verb(yes, 'ana');
      // nobody has told the world yet what time it is
      range.time.moveTo(range.time.monotonicNs() + WINDOW_NS + LATE_NS);
      const met = await range.verb(yes, 'ben');
      return [...met, ...(await range.verb(yes, 'ben'))];
    },
    twin: async (range) => [...(await asked(range)), ...(await approve(range))],
  },
];
