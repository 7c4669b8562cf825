/**
 * The puppet: a module that answers with the bytes its event carries. Whoever writes the events
 * decides what a reducer says, well or badly; the golden journals hold all of it as data.
 *
 * An event's record, or that of the member inside a family, or the parameters of the effect whose
 * receipt it carries, has `answer` (an output envelope) and may have `fault` (an engine's code).
 * Without an answer the puppet counts one more, and remembers a digest of its context.
 */
import {
  decode,
  decodePlain,
  encode,
  encodeUntagged,
  type Hash,
  sha256,
  utf8,
  type Value,
} from '@aos/canon';
import type { CallOutcome, Engine } from '@aos/protocol';

type ValueMap = ReadonlyMap<Value, Value>;

/** Every module of a golden world but the real one has the hash of its name. */
export const puppetHash = (name: string): Hash => sha256(utf8(`puppet ${name}`));

/** What a call costs that does not fault: more for a longer input. */
const CALL_FUEL = 7;

export const puppetEngine: Engine = {
  has: () => true,
  call(_module, _entry, input, { fuel, outputBytes }): CallOutcome {
    const answer = answerTo(mapOf(decodePlain(input)));
    if (typeof answer === 'string') return { kind: 'fault', code: answer, fuel };
    if (answer.length > outputBytes) return { kind: 'fault', code: 'module-output-size', fuel };
    return { kind: 'output', output: answer, fuel: CALL_FUEL + input.length };
  },
};

function answerTo(envelope: ValueMap): Uint8Array | string {
  const told = findTold(read((envelope.get('event') as ValueMap).get('value')));
  const fault = told?.get('fault');
  if (typeof fault === 'string') return fault;
  const answer = told?.get('answer');
  return answer instanceof Uint8Array && answer.length > 0 ? answer : count(envelope);
}

function findTold(value: Value | undefined): ValueMap | undefined {
  if (!(value instanceof Map)) return undefined;
  if (value.has('answer')) return value;
  const requested = value.get('requested');
  if (requested !== undefined) return findTold(read(requested));
  return findTold(value.get('$value'));
}

function count(envelope: ValueMap): Uint8Array {
  const state = read(envelope.get('state'));
  const n = state instanceof Map ? Number(state.get('n')) : 0;
  const ctx = envelope.get('ctx');
  const seen = ctx instanceof Uint8Array ? sha256(ctx) : new Uint8Array(0);
  return encodeUntagged({
    state: encode({ n: n + 1, seen }),
    domain_events: [],
    effects: [],
    ann: null,
  });
}

function read(bytes: Value | undefined): Value | undefined {
  if (!(bytes instanceof Uint8Array)) return bytes;
  const value = decode(bytes);
  return value.ok ? value.value : undefined;
}

function mapOf(decoded: ReturnType<typeof decodePlain>): ValueMap {
  if (decoded.ok && decoded.value instanceof Map) return decoded.value;
  throw new Error('the kernel gives modules maps');
}
