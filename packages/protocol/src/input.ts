/**
 * Inputs: the closed list of what can enter a world, and what replay feeds (spec P3).
 * This build knows `event`; an input of another kind is refused by its name, never skipped.
 */
import type { Reader, Writer } from '@aos/canon';
import {
  type CarriedValue,
  readInlineValue,
  readValueRef,
  writeInlineValue,
  writeValueRef,
} from './carried-value.js';
import { shapeRefusal } from './shape-reader.js';

/** A domain event from outside, its value canonical in its schema. */
export interface EventInput {
  readonly kind: 'event';
  readonly schema: string;
  readonly value: CarriedValue;
}

export type Input = EventInput;

export function writeInput(w: Writer, input: Input): void {
  w.mapHead(3);
  w.text('kind');
  w.text('event');
  writeInlineValue(w, input.value);
  w.text('schema');
  w.text(input.schema);
  writeValueRef(w, input.value);
}

/** Refuses with `input-kind` when the kind is not one this build knows. */
export function readInput(r: Reader): Input {
  const count = r.mapHead();
  r.key('kind');
  const kind = r.text();
  if (kind !== 'event' || count !== 3) {
    throw shapeRefusal('input-kind', `expected an event of 3 fields, found '${kind}' of ${count}`);
  }
  const inline = readInlineValue(r);
  r.key('schema');
  const schema = r.text();
  return { kind, schema, value: readValueRef(r, inline) };
}
