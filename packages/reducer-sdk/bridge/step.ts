/**
 * One call of a reducer: an envelope in, one call of the script, an envelope out.
 *
 * 1. The script's function takes (state, event, [schema, key, context]) and answers with the list
 *    [mode, state, events, effects, annotation]; events and effects are flat lists.
 * 2. Whatever is not as expected ends the call with a trap: there is no way to report it.
 */
import { headArgument, headSize, LIST, MAP, NIL } from '../assembly/cbor';
import {
  itemOf,
  lengthOf,
  outputSize,
  outputStart,
  putBytes,
  putCarried,
  putHead,
  putNil,
  putText,
  putValue,
  putWord,
} from './encode';
import {
  JS_Call,
  JS_NewArrayFrom,
  JS_UNDEFINED,
  Js,
  malloc,
  TAG_INT,
  TAG_NULL,
  TAG_UNDEFINED,
  tagOf,
  unthrown,
} from './engine';
import {
  BASE,
  bytesOf,
  CTX,
  carried,
  found,
  needed,
  openEnvelope,
  optional,
  textOf,
} from './envelope';

/** What becomes of the state. */
const MODE_KEEP: i32 = 0;
const MODE_SET: i32 = 1;
const MODE_DELETE: i32 = 2;

// Field names as little-endian numbers.
const STATE: u64 = 0x6574617473;
const EVENT: u64 = 0x746e657665;
const SCHEMA: u64 = 0x616d65686373;
const VALUE: u64 = 0x65756c6176;
const KEY: u64 = 0x79656b;
const ANN: u64 = 0x6e6e61;
const EFFECTS: u64 = 0x73746365666665;
const KIND: u64 = 0x646e696b;
const CAP_SLOT: u64 = 0x746f6c735f706163;
const DOMAIN_EVENTS_LOW: u64 = 0x655f6e69616d6f64;
const DOMAIN_EVENTS_HIGH: u64 = 0x73746e6576;
const PARAMS_LOW: u64 = 0x635f736d61726170;
const PARAMS_HIGH: u64 = 0x726f62;
const IDEMPOTENCY_LOW: u64 = 0x65746f706d656469;
const IDEMPOTENCY_HIGH: u64 = 0x79656b5f79636e;

let context: usize = 0;
let dispatch: Js = 0;
/** The values that the script's function is called with, and those of its last one. */
let values: usize = 0;
let origin: usize = 0;

export function openStep(engineContext: usize, reduce: Js): void {
  context = engineContext;
  dispatch = reduce;
  values = malloc(24);
  origin = malloc(24);
}

export function step(result: i32, input: i32, size: i32): void {
  const start = (input as usize) + BASE;
  const end = start + (size as usize);
  const envelope = openEnvelope(start, end);
  const state = needed(envelope, end, STATE);
  const event = needed(envelope, end, EVENT);
  store<u64>(values, optional(state, end));
  store<u64>(values, carried(needed(event, end, VALUE), end), 8);
  store<u64>(origin, textOf(needed(event, end, SCHEMA), end));
  store<u64>(origin, bytesOf(found(event, end, KEY), end), 8);
  store<u64>(origin, optional(found(envelope, end, CTX), end), 16);
  store<u64>(values, unthrown(JS_NewArrayFrom(context, 3, origin)), 16);
  putOutput(unthrown(JS_Call(context, dispatch, JS_UNDEFINED, 3, values)), state, end);
  answerAt(result);
}

/** Writes where the output is, as the host sees it. */
export function answerAt(result: i32): void {
  const answer = (result as usize) + BASE;
  store<u32>(answer, (outputStart() - BASE) as u32);
  store<u32>(answer, outputSize() as u32, 4);
}

// ---- writing the output

function putOutput(answer: Js, state: usize, end: usize): void {
  putHead(MAP, 4);
  putWord(5, STATE);
  putState(itemOf(answer, 0), itemOf(answer, 1), state, end);
  putWord(13, DOMAIN_EVENTS_LOW, DOMAIN_EVENTS_HIGH);
  putEvents(itemOf(answer, 2));
  putWord(7, EFFECTS);
  putEffects(itemOf(answer, 3));
  putWord(3, ANN);
  const annotation = itemOf(answer, 4);
  if (tagOf(annotation) === TAG_UNDEFINED) putNil();
  else putCarried(annotation);
}

function putState(mode: Js, state: Js, given: usize, end: usize): void {
  if (tagOf(mode) !== TAG_INT) unreachable();
  const chosen = mode as i32;
  if (chosen === MODE_SET) putCarried(state);
  else if (chosen === MODE_DELETE || load<u8>(given) === NIL) putNil();
  else if (chosen === MODE_KEEP)
    putBytes(given + headSize(given, end), headArgument(given) as usize);
  else unreachable();
}

/** Three items for each event: schema, value, key or null. */
function putEvents(list: Js): void {
  const count = lengthOf(list);
  putHead(LIST, (count / 3) as u64);
  for (let i: u32 = 0; i < count; i += 3) {
    const key = itemOf(list, i + 2);
    const keyed = tagOf(key) !== TAG_NULL;
    putHead(MAP, keyed ? 3 : 2);
    putWord(6, SCHEMA);
    putText(itemOf(list, i));
    putWord(5, VALUE);
    putCarried(itemOf(list, i + 1));
    if (!keyed) continue;
    putWord(3, KEY);
    putValue(key, 0);
  }
}

/** Four items for each effect: kind, params, slot or null, idempotency key or null. */
function putEffects(list: Js): void {
  const count = lengthOf(list);
  putHead(LIST, (count / 4) as u64);
  for (let i: u32 = 0; i < count; i += 4) {
    const slot = itemOf(list, i + 2);
    const key = itemOf(list, i + 3);
    const slotted = tagOf(slot) !== TAG_NULL;
    const keyed = tagOf(key) !== TAG_NULL;
    putHead(MAP, 2 + (slotted ? 1 : 0) + (keyed ? 1 : 0));
    putWord(4, KIND);
    putText(itemOf(list, i));
    putWord(11, PARAMS_LOW, PARAMS_HIGH);
    putCarried(itemOf(list, i + 1));
    if (slotted) {
      putWord(8, CAP_SLOT);
      putText(slot);
    }
    if (!keyed) continue;
    putWord(15, IDEMPOTENCY_LOW, IDEMPOTENCY_HIGH);
    putValue(key, 0);
  }
}
