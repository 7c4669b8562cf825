/**
 * The engine port over scripts: every reducer plays its event's program, an enforcer its numbers.
 */
import {
  decode,
  decodePlain,
  type Encodable,
  encode,
  encodeUntagged,
  type Hash,
  toHex,
  type Value,
} from '@aos/canon';
import type { CallLimits, CallOutcome, Engine, ModuleEntry } from '@aos/protocol';
import { MOVERS } from '../governed/governed-palette.js';
import { ENFORCER, moduleHash, REDUCERS } from '../palette/palette.js';
import { playScript, type ScriptResult } from './script.js';

type ValueMap = ReadonlyMap<Value, Value>;

/** What a call costs that does not fault; more for a longer event, so that fuel says something. */
const CALL_FUEL = 7;

const reducers = new Set(REDUCERS.map((name) => toHex(moduleHash(name))));
const enforcer = toHex(moduleHash(ENFORCER));
/** The digit of the type of states that each of them leads to. */
const movers = new Map(MOVERS.map((name) => [toHex(moduleHash(name)), name.slice(-3, -2)]));

export class ScriptEngine implements Engine {
  has(module: Hash): boolean {
    const hash = toHex(module);
    return reducers.has(hash) || movers.has(hash) || hash === enforcer;
  }

  call(module: Hash, _entry: ModuleEntry, input: Uint8Array, limits: CallLimits): CallOutcome {
    const decoded = decodePlain(input);
    if (!decoded.ok) throw new Error('the kernel gives modules well-formed CBOR');
    const envelope = decoded.value as ValueMap;
    const result = this.run(toHex(module), envelope);
    if (typeof result === 'string') return { kind: 'fault', code: result, fuel: limits.fuel };
    if (result.length > limits.outputBytes) {
      return { kind: 'fault', code: 'module-output-size', fuel: limits.fuel };
    }
    return { kind: 'output', output: result, fuel: CALL_FUEL + input.length };
  }

  private run(module: string, envelope: ValueMap): ScriptResult {
    const to = movers.get(module);
    if (to !== undefined) return move(envelope, to);
    return module === enforcer ? enforce(envelope) : reduce(envelope);
  }
}

function reduce(envelope: ValueMap): ScriptResult {
  const event = envelope.get('event') as ValueMap;
  return playScript({
    state: envelope.get('state') as Uint8Array | null,
    event: event.get('value') as Uint8Array,
    ctx: envelope.get('ctx') as Uint8Array | undefined,
  });
}

/** Lets through what asks for at most what the grant has; 13 and 14 find it at its worst. */
function enforce(envelope: ValueMap): ScriptResult {
  const input = mapOf(envelope.get('input'));
  const asked = mapOf(input.get('effect_params')).get('n') ?? 0;
  const most = mapOf(input.get('cap_params')).get('most') ?? 0;
  if (asked === 13) return 'module-trap';
  if (asked === 14) return encodeUntagged({ output: encode({ nonsense: true }) });
  const isFine = BigInt(asked as number) <= BigInt(most as number);
  const deny = isFine ? null : { code: 'effect-denied', message: 'asks for more than is granted' };
  return encodeUntagged({ output: encode({ constraints_ok: isFine, deny } as Encodable) });
}

function mapOf(bytes: Value | undefined): ValueMap {
  const decoded = bytes instanceof Uint8Array ? decode(bytes) : undefined;
  return decoded?.ok && decoded.value instanceof Map ? decoded.value : new Map();
}

/** Leads a state to another type; those of a few counts do not get there. */
function move(envelope: ValueMap, to: string): ScriptResult {
  const state = mapOf(envelope.get('input'));
  const n = state.get('n') ?? 0;
  if (n === 2) return 'module-trap';
  if (n === 4) return encodeUntagged({ output: encode({ n: 'four' }) });
  const plain = { n, pad: state.get('pad') ?? new Uint8Array() };
  const more = to === '1' ? {} : { more: `moved to ${to}` };
  const deep = to === '3' ? { deep: n } : {};
  return encodeUntagged({ output: encode({ ...plain, ...more, ...deep } as Encodable) });
}
