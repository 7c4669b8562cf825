/**
 * Answers that nobody gave: receipts, frames and events that would make an effect follow which
 * the world asks for only when it has the true one.
 */
import { asHash, encode, type Hash, sha256, utf8 } from '@aos/canon';
import { type SubmittedInput, signStreamFrame } from '@aos/host';
import type { OpenIntent, RawReceipt } from '@aos/kernel';
import type { Attack, Met } from '../../../src/attacks/attack.js';
import { hashText, mallory, type Range, signerOf } from '../range.js';
import { epochs } from './approvals.js';
import { answerOf } from './requests.js';

const ASKED = { $tag: 'Do', $value: { id: 'a', answer: answerOf([effectOf('ask')]) } };

function effectOf(kind: string, n = 1) {
  return { kind, params_cbor: encode({ n }), cap_slot: kind };
}

/** What the outside says: how much to pay, and what the puppet is to do. */
const TRUE = encode({ n: 3, answer: answerOf([effectOf('pay', 3)]) });
const FORGED = encode({ n: 999, answer: answerOf([effectOf('pay', 999)]) });
const OTHER: Hash = asHash(sha256(utf8('another')));

type Twist = Parameters<Range['receipt']>[1];
type Bend = (receipt: RawReceipt) => unknown;

const flipped = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, i) => (i === 3 ? byte ^ 1 : byte));
const zeros = new Uint8Array(64);
const body =
  (more: object): Bend =>
  (raw) => ({ ...raw, receipt: { ...raw.receipt, ...more } });

interface Lie {
  readonly attempt: string;
  readonly code: string;
  readonly twist?: Twist;
  readonly bend?: Bend;
}

const LIES: readonly Lie[] = [
  { attempt: 'is signed by a key of nobody', code: 'receipt-key', twist: { by: mallory } },
  { attempt: 'is signed by an operator', code: 'receipt-key', twist: { by: 'operator' } },
  { attempt: 'is signed by an approver', code: 'receipt-key', twist: { by: 'ana' } },
  {
    attempt: 'is signed by nobody',
    code: 'signature-invalid',
    bend: (raw) => ({ ...raw, sig: zeros }),
  },
  {
    attempt: 'has no signature',
    code: 'receipt-key',
    bend: (raw) => ({ ...raw, sig: new Uint8Array() }),
  },
  {
    attempt: 'has another bit in its signature',
    code: 'signature-invalid',
    bend: (raw) => ({ ...raw, sig: flipped(raw.sig) }),
  },
  {
    attempt: 'uses the name of the host for the key of somebody',
    code: 'signature-invalid',
    twist: { by: mallory },
    bend: (raw) => ({ ...raw, keyId: signerOf('host').keyId }),
  },
  {
    attempt: 'has another payload than was signed',
    code: 'receipt-payload-hash',
    twist: { payload: TRUE },
    bend: (raw) => ({ ...raw, payload: FORGED }),
  },
  {
    attempt: 'has another payload and its hash',
    code: 'signature-invalid',
    twist: { payload: TRUE },
    bend: (raw) => ({
      ...raw,
      payload: FORGED,
      receipt: { ...raw.receipt, payloadHash: sha256(FORGED) },
    }),
  },
  {
    attempt: 'says ok where error was signed',
    code: 'signature-invalid',
    twist: { status: 'error' },
    bend: body({ status: 'ok' }),
  },
  { attempt: 'is of another world', code: 'receipt-world', twist: { worldId: OTHER } },
  { attempt: 'is of another epoch', code: 'receipt-epoch', twist: { epoch: 1 } },
  { attempt: 'is of another attempt', code: 'receipt-attempt', twist: { attempt: 2 } },
  {
    attempt: 'is of an effect that nobody asked for',
    code: 'receipt-unknown',
    twist: { intentHash: OTHER },
  },
  { attempt: 'has a cost below zero', code: 'receipt-malformed', bend: body({ costCents: -1n }) },
];

/** Somebody asks, and the outside has the question and keeps it. */
const ordered = (range: Range): Promise<Met> => range.event('x/Order@1', { n: 1 });
const asked = (range: Range): Promise<Met> => range.event('x/Event@1', ASKED);

const answered = async (range: Range): Promise<Met> =>
  range.submit(await range.receipt(await range.lastIntent(), { payload: TRUE }));

const lies = (prepare: (range: Range) => Promise<Met>): readonly Attack<Range>[] =>
  LIES.map(({ attempt, code, twist = {}, bend = (same) => same }) => ({
    attempt,
    code,
    prepare,
    act: async (range) => {
      const receipt = await range.receipt(await range.lastIntent(), { payload: FORGED, ...twist });
      return range.submit(bend(receipt) as SubmittedInput);
    },
    twin: answered,
  }));

const frameOf = async (range: Range, intent: OpenIntent, by = signerOf('host'), more = {}) => {
  const { worldId } = await range.read((world) => world);
  const { hash: intentHash, epoch, attempt } = intent;
  const unsigned = { worldId, epoch, intentHash, attempt, adapterId: 'counting', index: 0 };
  return signStreamFrame(by, { ...unsigned, ...more }, FORGED);
};

const frames: readonly Attack<Range>[] = [
  ['is signed by a key of nobody', 'receipt-key', mallory, {}],
  ['comes out of its turn', 'frame-gap', signerOf('host'), { index: 5 }],
  ['is of another epoch', 'receipt-epoch', signerOf('host'), { epoch: 4 }],
].map(([attempt, code, by, more]) => ({
  attempt: attempt as string,
  code: code as string,
  prepare: ordered,
  act: async (range) =>
    range.submit(
      await frameOf(range, await range.lastIntent(), by as typeof mallory, more as object),
    ),
  twin: answered,
}));

/** Frames that are true are no answer. */
const trueFrame: Attack<Range> = {
  attempt: 'is taken for the receipt',
  code: 'waits',
  prepare: ordered,
  act: async (range) => {
    const intent = await range.lastIntent();
    const met = await range.submit(await frameOf(range, intent));
    const isOpen = await range.read(({ intents }) => intents.get(intent.hash) !== undefined);
    return isOpen ? [...met, 'waits'] : met;
  },
  twin: answered,
};

/** The same receipt again, when what it leads to has happened. */
const replayed: Attack<Range> = {
  attempt: 'comes a second time',
  code: 'receipt-duplicate',
  prepare: async (range) => {
    await ordered(range);
    const receipt = await range.receipt(await range.lastIntent(), { payload: TRUE });
    taken.set(range, receipt);
    await range.submit(receipt);
  },
  act: (range) => range.submit(taken.get(range) as RawReceipt),
  twin: async (range) => {
    await ordered(range);
    await answered(range);
  },
};
const taken = new WeakMap<Range, RawReceipt>();

/** An event that says how an effect ended: only the kernel makes it. */
const DONE = {
  $tag: 'Done',
  $value: {
    intent_hash: hashText('intent'),
    reducer: 'x/Puppet@1',
    effect_kind: 'ask',
    adapter_id: 'counting',
    status: 'ok',
    requested: encode({ n: 1 }),
    receipt: FORGED,
    error: null,
    cost_cents: null,
    signature: zeros,
  },
};
const EFFECT_RECEIPT = DONE.$value;

const say = (events: readonly object[], effects: readonly object[] = []) => ({
  $tag: 'Do',
  $value: { id: 'a', answer: answerOf(effects, events) },
});
const raised = (schema: string, value: unknown) => ({ schema, value: encode(value as never) });
const START = { plan: 'x/payer@1', input: encode({ n: 7 }) };
const start = (range: Range, plan: string, input: unknown): Promise<Met> =>
  range.event('sys/PlanStart@1', { plan, input: encode(input as never) });

/** Events that were forged, with what makes the same effect follow in the open. */
const events: readonly Attack<Range>[] = [
  {
    attempt: 'says from outside how an effect ended',
    code: 'event-reserved',
    act: (range) => range.event('x/Event@1', DONE),
    twin: (range) => range.event('x/Event@1', say([], [effectOf('pay')])),
  },
  {
    attempt: 'says so under the name of the receipt',
    code: 'event-reserved',
    act: (range) => range.event('sys/EffectReceipt@1', EFFECT_RECEIPT),
    twin: (range) => range.event('x/Event@1', say([], [effectOf('pay')])),
  },
  {
    attempt: 'says so through an inbox',
    code: 'event-reserved',
    act: (range) => range.event('x/Event@1', DONE, { source: 'mail' }),
    twin: (range) => range.event('x/Do@1', say([], [effectOf('pay')]).$value, { source: 'mail' }),
  },
  {
    attempt: 'says so in an event of a reducer',
    code: 'event-reserved',
    act: (range) => range.event('x/Event@1', say([raised('x/Event@1', DONE)])),
    twin: (range) =>
      range.event('x/Event@1', say([raised('x/Event@1', say([], [effectOf('pay')]))])),
  },
  {
    attempt: 'says so in an event of a plan',
    code: 'event-reserved',
    act: (range) => start(range, 'x/forger@1', DONE),
    twin: (range) => start(range, 'x/forger@1', say([], [effectOf('pay')])),
  },
  {
    attempt: 'starts a plan by an event of a reducer',
    code: 'nothing',
    act: async (range) =>
      none(await range.event('x/Event@1', say([raised('sys/PlanStart@1', START)]))),
    twin: (range) => range.event('sys/PlanStart@1', START),
  },
  {
    attempt: 'starts a plan by an event of a plan',
    code: 'nothing',
    act: async (range) => none(await start(range, 'x/starter@1', START)),
    twin: (range) => range.event('sys/PlanStart@1', START),
  },
  {
    attempt: 'starts a plan that is not there',
    code: 'plan-not-found',
    act: (range) => range.event('sys/PlanStart@1', { ...START, plan: 'x/none@1' }),
    twin: (range) => range.event('sys/PlanStart@1', START),
  },
  {
    attempt: 'starts a plan with an input of another type',
    code: 'value-type',
    act: (range) => start(range, 'x/payer@1', { n: 'seven' }),
    twin: (range) => start(range, 'x/payer@1', { n: 7 }),
  },
  {
    attempt: 'raises an event that is not of its schema',
    code: 'event-invalid',
    act: (range) => range.event('x/Event@1', say([raised('x/Approved@1', { n: 'one' })])),
    twin: (range) => range.event('x/Event@1', say([raised('x/Approved@1', { n: 1 })])),
  },
  {
    attempt: 'raises an event and is denied an effect in the same call',
    code: 'effect-params-invalid',
    act: (range) => range.event('x/Event@1', say([raised('x/Approved@1', { n: 1 })], [bad])),
    twin: (range) => range.event('x/Event@1', say([raised('x/Approved@1', { n: 1 })])),
  },
  {
    attempt: 'is denied the second effect of a call',
    code: 'effect-params-invalid',
    act: (range) => range.event('x/Event@1', say([], [effectOf('pay'), bad])),
    twin: (range) => range.event('x/Event@1', say([], [effectOf('pay')])),
  },
];

const bad = { kind: 'pay', params_cbor: encode({ n: 'x' }), cap_slot: 'pay' };

const none = (met: Met): Met => (met.length === 0 ? ['nothing'] : met);

export const RECEIPT_ENTRIES: readonly (readonly [
  entry: string,
  attacks: readonly Attack<Range>[],
])[] = [
  ['receipt for a plan', [...lies(ordered), replayed]],
  ['receipt for a reducer', lies(asked)],
  ['stream frame', [...frames, trueFrame]],
  ['event', events],
  ['answer of another time', epochs(TRUE)],
];
