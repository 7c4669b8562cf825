/**
 * The part of a world that plans read and write.
 *
 * 1. `instances` holds whatever has not ended; what has ended is in the journal alone.
 * 2. `waits` has an item for each `await_event` step that waits and has met no event.
 */
import {
  concatBytes,
  encode,
  type Reader,
  sha256,
  utf8,
  type Value,
  type Writer,
} from '@aos/canon';
import { type Instance, shapeRefusal } from '@aos/protocol';
import type { LeafCodec, TrieSource } from '../../trie/leaf-codec.js';
import { Trie } from '../../trie/trie.js';
import { placeKey, u32be } from '../../world/big-endian.js';
import type { AwaitEventStep } from '../compile/compiled-plan.js';
import { type EventMatch, fieldAt, matchOf } from '../compile/event-match.js';
import type { PlanInstance } from './instance.js';
import { instanceCodec } from './instance-codec.js';

/** A step that waits for an event. */
export interface EventWait {
  readonly schema: string;
  /** Only an event with this field may be the one; undefined when each has to be looked at. */
  readonly match: EventMatch | undefined;
  readonly instance: Instance;
  /** Index of the step. */
  readonly step: number;
}

export interface PlanState {
  readonly instances: Trie<PlanInstance>;
  readonly waits: Trie<EventWait>;
}

/** The codecs of the tries of {@link PlanState}. */
export function planCodecs(source: TrieSource): {
  readonly instances: LeafCodec<PlanInstance>;
  readonly waits: LeafCodec<EventWait>;
} {
  return { instances: instanceCodec(source), waits: waitCodec };
}

export function emptyPlanState(source: TrieSource): PlanState {
  return {
    instances: Trie.empty(instanceCodec(source), source),
    waits: Trie.empty(waitCodec, source),
  };
}

/** The wait of a step of an instance. */
export function waitOf(
  { event, equation }: Pick<AwaitEventStep, 'event' | 'equation'>,
  instance: Pick<PlanInstance, 'id' | 'input' | 'vars'>,
  step: number,
): EventWait {
  const match = matchOf(equation, instance);
  return { schema: event, match, instance: instance.id, step };
}

export function addWait(state: PlanState, wait: EventWait): PlanState {
  return { ...state, waits: state.waits.set(wait) };
}

export function deleteWait(state: PlanState, wait: EventWait): PlanState {
  return { ...state, waits: state.waits.delete(waitKey(wait)) };
}

/**
 * The waits that an event may be for, in the order of instances and then of steps: those that look
 * at each event of the schema, and those that ask for a field that it has.
 *
 * Takes as many look-ups as there are fields that are asked for, however many wait.
 */
export function waitsFor(
  { waits }: PlanState,
  schema: string,
  event: () => Value,
): readonly EventWait[] {
  if (waits.size === 0) return NO_WAITS;
  const prefix = schemaKey(schema);
  const found: EventWait[] = [];
  for (let from: Uint8Array | undefined = prefix; from !== undefined; ) {
    const [first] = waits.range({ prefix, from });
    if (first === undefined) break;
    const field = concatBytes(prefix, fieldKey(first.match));
    found.push(...waits.range({ prefix: matchingPrefix(field, first.match, event) }));
    from = after(field);
  }
  return found.length < 2 ? found : found.sort(compareWaits);
}

const NO_WAITS: readonly EventWait[] = [];

/** Of the waits that ask for one field, those that ask for what the event has there. */
function matchingPrefix(
  field: Uint8Array,
  match: EventMatch | undefined,
  event: () => Value,
): Uint8Array {
  if (match === undefined) return field;
  const value = fieldAt(event(), match.field.split('.'));
  return concatBytes(field, sha256(encode(value ?? null)));
}

function compareWaits(a: EventWait, b: EventWait): number {
  const [x, y] = [a.instance, b.instance];
  return x.seq - y.seq || x.i - y.i || a.step - b.step;
}

const HASH_BYTES = 32;
const EVERY = new Uint8Array(HASH_BYTES);

/** sha256(schema) ‖ sha256(field) ‖ sha256(value) ‖ u64be(seq) ‖ u32be(i) ‖ u32be(step). */
function waitKey({ schema, match, instance, step }: EventWait): Uint8Array {
  const value = match === undefined ? EVERY : sha256(match.value);
  const head = concatBytes(schemaKey(schema), fieldKey(match), value);
  return concatBytes(head, placeKey(instance), u32be(step));
}

function schemaKey(schema: string): Uint8Array {
  return sha256(utf8(schema));
}

function fieldKey(match: EventMatch | undefined): Uint8Array {
  return match === undefined ? EVERY : sha256(utf8(match.field));
}

/** The first key behind all that begin with these bytes; undefined when there is none. */
function after(prefix: Uint8Array): Uint8Array | undefined {
  const next = prefix.slice();
  for (let at = next.length - 1; at >= 0; at -= 1) {
    next[at] = ((next[at] ?? 0) + 1) & 0xff;
    if (next[at] !== 0) return next;
  }
  return undefined;
}

/** A leaf: `[schema, seq, i, step]`, with a match `[schema, seq, i, step, field, value]`. */
const waitCodec: LeafCodec<EventWait> = {
  keyOf: waitKey,
  write(w: Writer, { schema, match, instance, step }) {
    w.listHead(match === undefined ? 4 : 6);
    w.text(schema);
    w.int(instance.seq);
    w.int(instance.i);
    w.int(step);
    if (match === undefined) return;
    w.text(match.field);
    w.bytes(match.value);
  },
  read(r: Reader) {
    const items = r.listHead();
    if (items !== 4 && items !== 6) throw shapeRefusal('shape-field', 'expected 4 or 6 items');
    const schema = r.text();
    const instance = { seq: r.nat(), i: r.nat() };
    const step = r.nat();
    const match = items === 4 ? undefined : { field: r.text(), value: r.bytes().slice() };
    return { schema, match, instance, step };
  },
};
