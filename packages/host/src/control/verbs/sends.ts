/** What is handed to a world: events, plans to start, receipts, frames and signed verbs. */
import { decode, RefusalError, type Result, toHashText } from '@aos/canon';
import { planStartEvent, type RawEvent } from '@aos/kernel';
import {
  type AckShape,
  type ControlVerb,
  type ParsedArgs,
  type SendResult,
  VERBS,
  type VerbArgs,
  type VerbKind,
  type VerbName,
  type WaitLevel,
} from '@aos/protocol';
import type { Ack } from '../../loop/acks.js';
import type { SubmittedInput } from '../../loop/intake.js';
import type { EndsWait } from '../plan-ends.js';
import { jsonOf, rawOf } from '../values.js';
import { type ControlView, refusal, shown, thrown } from '../view.js';
import { denialShape } from './denials.js';
import { quiesce } from './rest.js';

interface Wait {
  readonly wait: WaitLevel;
  readonly timeoutMs: number;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal | undefined;
}

type Args<V extends ControlVerb> = ParsedArgs<V> & Pick<Wait, 'signal'>;

export async function sendEvent(view: ControlView, args: Args<'event.send'>): Promise<SendResult> {
  const { schema, value, key, keyCbor, source, dedup } = args;
  if (key !== undefined && keyCbor !== undefined) {
    throw refusal('control-args', '/args/key_cbor', 'expected either key or key_cbor, found both');
  }
  const given = keyCbor ?? (key === undefined ? undefined : { json: jsonOf(key) });
  const raw: RawEvent = {
    ...rawOf(value),
    schema,
    ...(given === undefined ? {} : { key: given }),
    ...(source === undefined ? {} : { source }),
    ...(dedup === undefined ? {} : { dedup }),
  };
  return submit(view, raw, args);
}

/** Codes: `plan-not-found`, `value-*` at `/input`, and those of an event. */
export async function startPlan(view: ControlView, args: Args<'plan.start'>): Promise<SendResult> {
  const { plan, value, dedup } = args;
  const event = await view.read(({ program }) => planStartEvent(program.plans, plan, rawOf(value)));
  if (!event.ok) throw thrown(event.refusal);
  return submit(view, dedup === undefined ? event.value : { ...event.value, dedup }, args);
}

export function sendReceipt(view: ControlView, args: Args<'receipt.send'>): Promise<SendResult> {
  const { receipt, payload, keyId, sig } = args;
  return submit(view, { kind: 'receipt', receipt, payload, keyId, sig }, args);
}

export function sendFrame(view: ControlView, args: Args<'frame.send'>): Promise<SendResult> {
  const { frame, payload, keyId, sig } = args;
  return submit(view, { kind: 'stream-frame', frame, payload, keyId, sig }, args);
}

/** Codes: `verb-unknown`, `verb-args` and what the kernel says of it. */
export async function sendVerb(view: ControlView, args: Args<'verb.send'>): Promise<SendResult> {
  const { kind, verb } = findVerb(args.verb);
  const map = decode(args.args);
  if (!map.ok || !(map.value instanceof Map)) {
    throw refusal('verb-args', '/args/args', 'expected a canonical map');
  }
  const { nonce, keyId, sig } = args;
  const input = { kind, verb, args: map.value as VerbArgs, nonce, keyId, sig };
  return submit(view, input as SubmittedInput, args);
}

function findVerb(name: string): { readonly kind: VerbKind; readonly verb: VerbName } {
  for (const kind of Object.keys(VERBS) as VerbKind[]) {
    const verb = (VERBS[kind] as readonly VerbName[]).find((each) => each === name);
    if (verb !== undefined) return { kind, verb };
  }
  const known = Object.values(VERBS).flat().join(', ');
  throw refusal('verb-unknown', '/args/verb', `no verb '${shown(name)}'; there are: ${known}`);
}

async function submit(
  view: ControlView,
  input: SubmittedInput,
  { wait, timeoutMs, signal }: Wait,
): Promise<SendResult> {
  if (wait === 'accepted') return accept(view, input);
  if (wait === 'ended') return untilEnded(view, input, { timeoutMs, signal });
  const answer = await view.host.submit(input);
  const ack = ackShape(unwrap(answer));
  if (wait === 'durable') return { wait, ack, rest: null };
  return { wait, ack, rest: await quiesce(view, { timeoutMs, timers: 'list', signal }) };
}

async function untilEnded(
  view: ControlView,
  input: SubmittedInput,
  wait: EndsWait,
): Promise<SendResult> {
  let ack: Ack | undefined;
  const send = async () => {
    ack = unwrap(await view.host.submit(input));
    return ack.seq;
  };
  const ends = await view.ends.after(send, wait);
  return { wait: 'ended', ack: ack === undefined ? null : ackShape(ack), rest: null, ends };
}

/** Whoever only wants to be accepted is not told of what comes later, a failed disk included. */
function accept(view: ControlView, input: SubmittedInput): Promise<SendResult> {
  return new Promise((resolve, reject) => {
    const accepted = () => resolve({ wait: 'accepted', ack: null, rest: null });
    const answered = view.host.submit(input, accepted);
    answered.then((answer) => {
      if (answer.ok) accepted();
      else reject(new RefusalError(answer.refusal));
    }, reject);
  });
}

function unwrap(answer: Result<Ack>): Ack {
  if (answer.ok) return answer.value;
  throw new RefusalError(answer.refusal);
}

function ackShape({ seq, chain, entries, faults, denials }: Ack): AckShape {
  const told = faults.map(({ reducer, code }) => ({ reducer, code }));
  return {
    seq,
    chain: toHashText(chain),
    entries,
    faults: told,
    denials: denials.map(denialShape),
  };
}
