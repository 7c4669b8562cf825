/** The contract of adapters finds what it is for: each adapter here breaks one rule. */
import { encode, toHex, utf8 } from '@aos/canon';
import {
  type Adapter,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  failedOutcome,
  okOutcome,
} from '@aos/protocol';
import { type AdapterFixture, adapterContract, ContractViolation } from '@aos/protocol/contracts';
import { describe, expect, test } from 'vitest';

const SOUND = encode({ say: 'hello' });
const ENDLESS = encode({ say: 'wait' });
const REFUSED = encode({ say: 'no' });

type Start = (call: EffectCall, context: EffectContext) => Promise<EffectOutcome>;

/** What an adapter does otherwise than it should. */
interface Breach {
  readonly start?: (sound: Start, outside: string[]) => Start;
  readonly adapter?: Partial<Adapter>;
}

const cancelled = failedOutcome({ status: 'cancelled', code: 'say-cancelled', message: '' });
const late = failedOutcome({ status: 'timeout', code: 'say-late', message: '' });
const refused = failedOutcome({ status: 'error', code: 'say-refused', message: '' });
const invalid = failedOutcome({ status: 'error', code: 'say-what', message: '' });

/** Says things to an outside that is a list; waits for nobody where it is asked to wait. */
function makeFixture({ start: change = (sound) => sound, adapter: parts }: Breach): AdapterFixture {
  const outside: string[] = [];
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let isClosed = false;
  const stops = new Set<() => void>();
  const wait = ({ deadlineNs }: EffectCall, { cancel, clock }: EffectContext) =>
    new Promise<EffectOutcome>((resolve) => {
      stops.add(() => resolve(cancelled));
      cancel.onCancel(() => resolve(cancelled));
      if (deadlineNs !== undefined) clock.at(deadlineNs, () => resolve(late));
      begin();
    });
  const sound: Start = async (call, context) => {
    const { deadlineNs, params } = call;
    if (isClosed || context.cancel.isCancelled) return cancelled;
    if (deadlineNs !== undefined && deadlineNs <= context.clock.logicalNowNs()) return late;
    if (toHex(params) === toHex(ENDLESS)) return wait(call, context);
    if (toHex(params) === toHex(REFUSED)) return refused;
    if (toHex(params) !== toHex(SOUND)) return invalid;
    outside.push(toHex(call.idempotencyKey));
    return okOutcome({ said: true });
  };
  const adapter: Adapter = {
    id: 'say',
    kinds: ['test.say'],
    start: change(sound, outside),
    async close() {
      isClosed = true;
      for (const stop of stops) stop();
    },
    ...parts,
  };
  return {
    ...{ adapter, effect: 'test.say', sound: () => SOUND.slice() },
    checkReceipt: (payload) =>
      toHex(payload) === toHex(encode({ said: true })) ? undefined : 'not what was said',
    endless: { params: ENDLESS, begun: () => begun },
    refused: { 'say-refused': REFUSED },
    marks: () => outside,
  };
}

/** Names of the cases that an adapter does not pass. */
async function failuresOf(breach: Breach): Promise<string[]> {
  const names: string[] = [];
  for (const { name, run } of adapterContract) {
    try {
      await run(makeFixture(breach));
    } catch (error) {
      if (!(error instanceof ContractViolation) && !(error instanceof TypeError)) throw error;
      names.push(name);
    }
  }
  return names;
}

const answer = (outcome: EffectOutcome, when: (params: Uint8Array) => boolean): Breach => ({
  start: (sound) => async (call, context) => {
    const found = await sound(call, context);
    return found.status !== 'ok' && when(call.params) ? outcome : found;
  },
});

const isInvalid = (params: Uint8Array) =>
  ![SOUND, ENDLESS, REFUSED].some((each) => toHex(each) === toHex(params));
const always = () => true;

/** A part of the name of the case that must fail, and what the adapter does. */
const breaches: readonly (readonly [rule: string, what: string, breach: Breach])[] = [
  ['says who it is', 'has no name', { adapter: { id: '' } }],
  ['says who it is', 'does not say what it serves', { adapter: { kinds: [] } }],
  ['says who it is', 'says it twice', { adapter: { kinds: ['test.say', 'test.say'] } }],
  [
    'with a receipt in its schema',
    'answers with another receipt',
    {
      start:
        (sound) =>
        async (...call) => ({ ...(await sound(...call)), payload: encode(1) }),
    },
  ],
  [
    'stays as it was',
    'writes into its parameters',
    {
      start: (sound) => async (call, context) => {
        const outcome = await sound(call, context);
        call.params.fill(0);
        return outcome;
      },
    },
  ],
  [
    'two starts of an intent',
    'acts under a new key every time',
    {
      start: (sound, outside) => (call, context) => {
        const idempotencyKey = utf8(`${outside.length}`);
        return sound({ ...call, idempotencyKey }, context);
      },
    },
  ],
  [
    'two starts of an intent',
    'acts under one key for all',
    {
      start: (sound) => (call, context) =>
        sound({ ...call, idempotencyKey: new Uint8Array(32) }, context),
    },
  ],
  [
    'parameters that are none',
    'throws',
    {
      start: (sound) => (call, context) => {
        if (isInvalid(call.params)) throw new TypeError('what?');
        return sound(call, context);
      },
    },
  ],
  [
    'parameters that are none',
    'asks to be started again',
    answer({ ...invalid, retry: 'later' }, isInvalid),
  ],
  [
    'parameters that are none',
    'answers without a code',
    answer({ ...invalid, payload: encode({}) }, isInvalid),
  ],
  [
    'parameters that are none',
    'answers with a sentence for a code',
    answer({ ...invalid, payload: encode({ code: 'Not good!', message: '' }) }, isInvalid),
  ],
  [
    'what the outside refuses',
    'answers with another code',
    answer(invalid, (params) => toHex(params) === toHex(REFUSED)),
  ],
  [
    'cancelled before it starts',
    'acts all the same',
    {
      start: (sound, outside) => (call, context) => {
        if (context.cancel.isCancelled) outside.push('act');
        return sound(call, context);
      },
    },
  ],
  ['starts after its deadline', 'says that it was cancelled', answer(cancelled, always)],
  ['cancelled while it runs', 'says that it is late', answer(late, always)],
  ['whose deadline comes', 'says that it was cancelled', answer(cancelled, always)],
  [
    'let go of its host',
    'listens on',
    {
      start: (sound) => (call, context) => {
        context.cancel.onCancel(() => undefined);
        return sound(call, context);
      },
    },
  ],
  [
    'let go of its host',
    'keeps its alarm',
    {
      start: (sound) => (call, context) => {
        if (call.deadlineNs !== undefined) context.clock.at(call.deadlineNs, () => undefined);
        return sound(call, context);
      },
    },
  ],
  ['when the adapter closes', 'says that it is late', answer(late, always)],
  ['a closed adapter answers cancelled', 'says that it failed', answer(refused, always)],
];

describe('the contract of adapters', () => {
  test('lets a sound one pass', async () => {
    expect(await failuresOf({})).toEqual([]);
  });

  test.each(breaches)('%s: finds one that %s', async (rule, _, breach) => {
    expect(await failuresOf(breach)).toContainEqual(expect.stringContaining(rule));
  });
});
