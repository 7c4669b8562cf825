/** From anything in a journal to the root event that led to it. */
import { type Link, reasonsOf } from '@aos/kernel';
import type { EntryPlace, InputKind } from '@aos/protocol';
import type { Steps } from './slices.js';
import { recordAt, type TraceSource } from './trace-source.js';

/** Inputs that only let go on what began elsewhere. */
const GOES_ON = new Set<InputKind | undefined>(['tick', 'continue', 'receipt', 'stream-frame']);

/** Sequence of the root's record; `undefined` when the journal does not have the place. */
export function* rootOf(source: TraceSource, place: EntryPlace): Steps<number | undefined> {
  if (!source.journal.view.has(place)) return undefined;
  // each link leads to an earlier place
  for (let at = place; ; ) {
    yield;
    const links = reasonsOf(source.journal, at);
    const next = chooseLink(source, links);
    if (next === undefined) return at.seq;
    at = next.place;
  }
}

/**
 * The cause, unless that is an input that only lets something go on: then what it went on with, the
 * intent or the instance.
 */
function chooseLink(source: TraceSource, links: readonly Link[]): Link | undefined {
  const isAbout = ({ role }: Link) => role === 'intent' || role === 'instance';
  const [cause] = links;
  if (cause === undefined || cause.place.i !== null) return cause;
  const kind = recordAt(source, cause.place)?.input.kind;
  return GOES_ON.has(kind) ? (links.find(isAbout) ?? cause) : cause;
}
