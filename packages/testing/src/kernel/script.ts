/**
 * Modules as data: an event carries the acts of the reducer that takes it, so that whoever makes
 * events decides what modules do, well or badly, and how far it goes on.
 *
 * A program is a list of acts, encoded; each act is a list of its name and arguments. What a
 * program says of events it emits may hold further programs.
 */
import {
  decode,
  decodeUntagged,
  type Encodable,
  encode,
  encodeUntagged,
  fromHex,
  sha256,
  type Value,
} from '@aos/canon';
import { looseBytes } from '../inputs/loose-bytes.js';

/** How an emitted value is written. */
export type Form = 'canonical' | 'untagged' | 'loose';

export type Act =
  /** Counts one more. */
  | readonly ['inc']
  | readonly ['put', n: number]
  /** Makes the state larger than what stands inline in a leaf, or in a record. */
  | readonly ['pad', sizeBytes: number]
  /** Deletes the cell. */
  | readonly ['drop']
  /** Takes the count from the context, so that every byte of it matters. */
  | readonly ['look']
  | readonly ['ann', value: Encodable]
  | readonly ['say', schema: string, value: Encodable, key: Uint8Array | null, form: Form]
  | readonly ['flood', count: number, schema: string, value: Encodable]
  /** Says a `g/Say@1` of this size, which its own event need not carry. */
  | readonly ['bulk', id: Encodable, sizeBytes: number]
  | readonly ['ask', effect: Ask]
  /** The engine's own ends of a call. */
  | readonly ['fault', code: string]
  /** Bytes in place of the whole answer, or of the state. */
  | readonly ['answer', bytes: Uint8Array]
  | readonly ['state', bytes: Uint8Array];

/** An effect a module asks for. */
export interface Ask {
  readonly kind: string;
  readonly params: Encodable;
  readonly form: Form;
  readonly slot: string | null;
  readonly key: Uint8Array | null;
  /** Puts so many bytes in place of the program. */
  readonly padBytes: number;
}

export const encodeProgram = (acts: readonly Act[]): Uint8Array =>
  encodeUntagged(acts as unknown as Encodable);

export const encodeAs = (value: Encodable, form: Form): Uint8Array =>
  form === 'canonical'
    ? encode(value)
    : form === 'loose'
      ? looseBytes(value)
      : encodeUntagged(value);

type ValueMap = ReadonlyMap<Value, Value>;

/** What one call of a module is given. */
export interface ScriptCall {
  readonly state: Uint8Array | null;
  readonly event: Uint8Array;
  readonly ctx: Uint8Array | undefined;
}

/** Bytes that the module answers with, or the code of the engine that ended it. */
export type ScriptResult = Uint8Array | string;

/**
 * Plays the program that the event carries; an event without one counts one more. A program that is
 * none, as in a record that somebody changed, traps.
 */
export function playScript(call: ScriptCall): ScriptResult {
  try {
    return play(call);
  } catch {
    return 'module-trap';
  }
}

function play(call: ScriptCall): ScriptResult {
  const playing = new Play(call);
  const program = findProgram(read(call.event)) ?? [['inc']];
  for (const act of program) {
    const end = playing.act(act as unknown as Act);
    // a record that somebody changed may hold anything in place of bytes and codes
    if (end === undefined) continue;
    if (typeof end !== 'string' && !((end as unknown) instanceof Uint8Array)) return 'module-trap';
    return end;
  }
  return playing.answer();
}

class Play {
  private state: Encodable;
  private n: Value;
  private pad: Value;
  /** Fields of states of a later type. */
  private readonly more: Readonly<Record<string, Value>>;
  private isDropped = false;
  private ann: Uint8Array | null = null;
  private readonly events: Encodable[] = [];
  private readonly effects: Encodable[] = [];

  constructor(private readonly call: ScriptCall) {
    const state = call.state === null ? undefined : (read(call.state) as ValueMap);
    this.n = state?.get('n') ?? 0;
    this.pad = state?.get('pad') ?? new Uint8Array();
    const later = [...(state ?? [])].filter(([name]) => name !== 'n' && name !== 'pad');
    this.more = Object.fromEntries(later) as Readonly<Record<string, Value>>;
    this.state = null;
  }

  /** Does one act; answers when it is the last. */
  act(act: Act): ScriptResult | undefined {
    switch (act[0]) {
      case 'inc':
        this.n = Number(this.n) + 1;
        return undefined;
      case 'put':
        this.n = act[1];
        return undefined;
      case 'pad':
        this.pad = new Uint8Array(act[1]).fill(Number(this.n));
        return undefined;
      case 'drop':
        this.isDropped = true;
        return undefined;
      case 'look':
        this.n = digest(this.call.ctx ?? new Uint8Array());
        return undefined;
      case 'ann':
        this.ann = encode(act[1]);
        return undefined;
      case 'say':
        this.say(act);
        return undefined;
      case 'flood':
        for (let i = 0; i < act[1]; i++) this.say(['say', act[2], act[3], null, 'canonical']);
        return undefined;
      case 'bulk': {
        const value = { id: act[1], do: new Uint8Array(act[2]), more: null };
        this.say(['say', 'g/Say@1', value, null, 'canonical']);
        return undefined;
      }
      case 'ask':
        this.ask(act[1]);
        return undefined;
      case 'state':
        this.state = act[1];
        return undefined;
      default:
        return act[1];
    }
  }

  answer(): Uint8Array {
    const state = this.isDropped ? null : (this.state ?? this.whole());
    return encodeUntagged({
      state,
      domain_events: this.events,
      effects: this.effects,
      ann: this.ann,
    });
  }

  private whole(): Uint8Array {
    return encode({ ...this.more, n: this.n, pad: this.pad } as Encodable);
  }

  private say([, schema, value, key, form]: Extract<Act, readonly ['say', ...unknown[]]>): void {
    const event = { schema, value: encodeAs(value, form) };
    this.events.push(key === null ? event : { ...event, key });
  }

  /** The argument was read from bytes, so it is a map here. */
  private ask(ask: Ask | ValueMap): void {
    const fields = ask instanceof Map ? (ask as ValueMap) : new Map(Object.entries(ask));
    const slot = fields.get('slot') ?? null;
    const key = fields.get('key') ?? null;
    const padBytes = fields.get('padBytes') as number;
    const pad = padBytes === 0 ? undefined : { n: 1, do: new Uint8Array(padBytes) };
    const params = encodeAs(pad ?? (fields.get('params') as Encodable), fields.get('form') as Form);
    this.effects.push({
      kind: fields.get('kind') as string,
      params_cbor: params,
      ...(slot === null ? {} : { cap_slot: slot as string }),
      ...(key === null ? {} : { idempotency_key: key as Uint8Array }),
    });
  }
}

/** A number below 2^32 that depends on every byte. */
function digest(bytes: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = sha256(bytes);
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

function read(bytes: Uint8Array): Value | undefined {
  const tagged = decode(bytes);
  return tagged.ok ? tagged.value : undefined;
}

/**
 * The program of an event: its field `do`, that of the member inside a family, or that of the
 * parameters of the effect whose receipt it carries.
 */
function findProgram(value: Value | undefined): readonly Value[] | undefined {
  if (!(value instanceof Map)) return undefined;
  const own = value.get('do');
  if (own instanceof Uint8Array) return parseProgram(own);
  const requested = value.get('requested');
  if (requested === undefined) return findProgram(value.get('$value'));
  const params = requested instanceof Uint8Array ? read(requested) : requested;
  return findProgram(params) ?? ofTimer(params);
}

/** A timer carries text, so a program stands in it as hexadecimal. */
function ofTimer(params: Value | undefined): readonly Value[] | undefined {
  const key = params instanceof Map ? params.get('key') : undefined;
  const bytes = typeof key === 'string' ? fromHex(key) : undefined;
  return bytes?.ok ? parseProgram(bytes.value) : undefined;
}

function parseProgram(bytes: Uint8Array): readonly Value[] | undefined {
  const decoded = decodeUntagged(bytes);
  return decoded.ok && Array.isArray(decoded.value) ? decoded.value : undefined;
}
