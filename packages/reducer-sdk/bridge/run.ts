/** One call of a pure module: the script's function takes (input, context) and gives the output. */
import { MAP } from '../assembly/cbor';
import { putCarried, putHead, putWord } from './encode';
import { JS_Call, JS_UNDEFINED, Js, malloc, unthrown } from './engine';
import { BASE, CTX, carried, found, needed, openEnvelope, optional } from './envelope';
import { answerAt } from './step';

// Field names as little-endian numbers.
const INPUT: u64 = 0x7475706e69;
const OUTPUT: u64 = 0x74757074756f;

let context: usize = 0;
let dispatch: Js = 0;
/** The values that the script's function is called with. */
let values: usize = 0;

export function openRun(engineContext: usize, compute: Js): void {
  context = engineContext;
  dispatch = compute;
  values = malloc(16);
}

export function run(result: i32, input: i32, size: i32): void {
  const start = (input as usize) + BASE;
  const end = start + (size as usize);
  const envelope = openEnvelope(start, end);
  store<u64>(values, carried(needed(envelope, end, INPUT), end));
  store<u64>(values, optional(found(envelope, end, CTX), end), 8);
  const output = unthrown(JS_Call(context, dispatch, JS_UNDEFINED, 2, values));
  putHead(MAP, 1);
  putWord(6, OUTPUT);
  putCarried(output);
  answerAt(result);
}
