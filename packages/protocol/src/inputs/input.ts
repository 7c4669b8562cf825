/**
 * Inputs: the closed list of what can enter a world, and what replay feeds (spec P3). An input of
 * another kind is refused by its name, never skipped.
 */
import { type Reader, Writer } from '@aos/canon';
import { type Fields, readRest } from '../shapes/shape-fields.js';
import { shapeRefusal } from '../shapes/shape-reader.js';
import { writeText } from '../shapes/shape-writer.js';
import type { ContinueInput } from './continue.js';
import type { ControlInput } from './control.js';
import { type EventInput, readEventInput, readPlainEvent, writeEventInput } from './event.js';
import type { GovernanceInput } from './governance.js';
import type { KeyringInput } from './keyring.js';
import { parseReceiptInput, type ReceiptInput, writeReceiptInput } from './receipt.js';
import { parseVerbInput, writeVerbInput } from './signed-verb.js';
import {
  parseStreamFrameInput,
  type StreamFrameInput,
  writeStreamFrameInput,
} from './stream-frame.js';
import type { TickInput } from './tick.js';

/** An input that a key signed as a command. */
export type SignedVerbInput = ControlInput | KeyringInput | GovernanceInput;

export type Input =
  | EventInput
  | ReceiptInput
  | StreamFrameInput
  | SignedVerbInput
  | TickInput
  | ContinueInput;
export type InputKind = Input['kind'];

export function writeInput(w: Writer, input: Input): void {
  switch (input.kind) {
    case 'event':
      writeEventInput(w, input);
      break;
    case 'receipt':
      writeReceiptInput(w, input);
      break;
    case 'stream-frame':
      writeStreamFrameInput(w, input);
      break;
    case 'control':
    case 'keyring':
    case 'governance':
      writeVerbInput(w, input);
      break;
    case 'tick':
    case 'continue':
      w.mapHead(1);
      writeText(w, 'kind', input.kind);
      break;
  }
}

/** Canonical bytes of one input without a tag, as they stand inside a record. */
export function encodeInput(input: Input): Uint8Array {
  const w = new Writer(256);
  writeInput(w, input);
  return w.finish();
}

/**
 * Reads the input of a record; its first field tells what kinds it can be. Codes: `input-kind` for
 * a kind this build does not know, `verb-unknown`, `verb-args` and `shape-*` for an input out of
 * shape, and the codec's.
 */
export function readInput(r: Reader): Input {
  return readPlainEvent(r) ?? readAnyInput(r);
}

function readAnyInput(r: Reader): Input {
  const count = r.mapHead();
  if (r.keyIs('kind')) return readPlain(r, count);
  if (r.keyIs('sig')) return readSigned(r, count);
  r.key('key');
  const key = r.bytes().slice();
  r.key('kind');
  return readPlain(r, count, key);
}

function readPlain(r: Reader, count: number, key?: Uint8Array): Input {
  const kind = r.text();
  if (kind === 'event') return readEventInput(r, count, key);
  if (kind !== 'tick' && kind !== 'continue') throw unknownKind(kind);
  if (count !== 1) throw shapeRefusal('shape-field', `a ${kind} has no field but its kind`);
  return { kind };
}

const signedParsers: { readonly [kind: string]: (fields: Fields) => Input } = {
  receipt: parseReceiptInput,
  'stream-frame': parseStreamFrameInput,
  control: (fields) => parseVerbInput(fields, 'control'),
  keyring: (fields) => parseVerbInput(fields, 'keyring'),
  governance: (fields) => parseVerbInput(fields, 'governance'),
};

function readSigned(r: Reader, count: number): Input {
  const fields = readRest(r, count, ['sig', r.bytes().slice()]);
  const kind = fields.text('kind');
  const parse = Object.hasOwn(signedParsers, kind) ? signedParsers[kind] : undefined;
  if (parse === undefined) throw unknownKind(kind);
  const input = parse(fields);
  fields.end();
  return input;
}

/** All of them. */
export const INPUT_KINDS: readonly string[] = [
  ...['event', 'tick', 'continue'],
  ...Object.keys(signedParsers),
];

function unknownKind(kind: string) {
  return shapeRefusal('input-kind', `this build knows no input of kind '${kind}' in this form`);
}
