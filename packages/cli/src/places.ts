/** Places of a journal as people name them. */
import type { EntryPlace } from '@aos/protocol';
import { CliError } from './output.js';
import { cutValues } from './shown-text.js';

const PLACE = /^(\d{1,10})(?:\/(\d{1,10}))?$/;

/** `7` is the input of record 7, `7/2` its entry 2; anything else is undefined. */
export function findPlace(what: string): EntryPlace | undefined {
  const [, seq, i] = PLACE.exec(what) ?? [];
  return seq === undefined
    ? undefined
    : { seq: Number(seq), i: i === undefined ? null : Number(i) };
}

/** As {@link findPlace}. Code: `place-syntax`. */
export function readPlace(what: string): EntryPlace {
  const place = findPlace(what);
  if (place === undefined) throw wrongPlace(what);
  return place;
}

export function wrongPlace(what: string): CliError {
  const message = `expected <record> or <record>/<entry>, such as 7/2, found ${cutValues(what)}`;
  return new CliError('place-syntax', message);
}
