/**
 * Kinds of requests: each has a limit of its own on a connection, so that none holds up the others.
 * What ends by itself soon may be waited for; what may last as long as its world likes is never a
 * reason to read no further.
 */
import { isPlainRecord, type PlainValue, plainField } from './plain-value.js';
import type { ControlVerb } from './verbs.js';

/** Hands an input in; asks; waits for something of the world. */
type CallKind = 'send' | 'read' | 'wait';

/**
 * Requests of each kind that one connection may have open. Of reads there are few, because their
 * answers may be large. Sends and reads beyond are not read until one of them was answered; waits
 * and streams beyond are refused with `control-waits`.
 */
export const MAX_OPEN: Readonly<Record<CallKind | 'stream', number>> = {
  send: 1024,
  read: 32,
  wait: 1024,
  stream: 32,
};

/** Verbs that hand an input in: their answers are small. */
const SEND_VERBS: ReadonlySet<string> = new Set<ControlVerb>([
  'event.send',
  'frame.send',
  'governance.apply',
  'governance.approve',
  'governance.propose',
  'governance.reject',
  'governance.shadowed',
  'governance.withdraw',
  'plan.start',
  'receipt.send',
  'verb.send',
]);

/** What a request that is no stream counts as, by its verb and by what it says of waiting. */
export function callKind(verb: string, args: PlainValue): CallKind {
  if (verb === 'quiesce') return 'wait';
  const isSend = SEND_VERBS.has(verb);
  const until = isPlainRecord(args) ? plainField(args, isSend ? 'wait' : 'at') : undefined;
  if (isSend) return until === 'ended' || until === 'quiescent' ? 'wait' : 'send';
  return typeof until === 'string' && until.startsWith('at_least:') ? 'wait' : 'read';
}
