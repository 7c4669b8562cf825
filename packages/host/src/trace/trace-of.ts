/** A trace as it is asked for: by a place, by an intent, or of the latest event. */
import { ok, parseHashText, type Result, refuse } from '@aos/canon';
import { placeOf } from '@aos/kernel';
import type { EntryPlace, TraceShape } from '@aos/protocol';
import { rootOf } from './root.js';
import type { Steps } from './slices.js';
import { type TraceOptions, trace } from './trace.js';
import type { TraceSource } from './trace-source.js';

/**
 * The trace of the root that led to `what`: a place `7` or `7/2`, the hash of an intent, or its
 * beginning; the latest event when it is undefined. Code: `trace-unknown`.
 */
export function* traceOf(
  source: TraceSource,
  what: string | undefined,
  options: TraceOptions = {},
): Steps<Result<TraceShape>> {
  const place = what === undefined ? yield* latestEvent(source) : findPlace(source, what);
  const root = place === undefined ? undefined : yield* rootOf(source, place);
  const found = root === undefined ? undefined : yield* trace(source, root, options);
  return found === undefined ? unknown(what) : ok(found);
}

function unknown(what: string | undefined): Result<never> {
  const found = what === undefined ? 'there is no event yet' : `found nothing of '${what}'`;
  const detail =
    'expected <record> or <record>/<entry>, such as 7/2, or the hash of an intent or its ' +
    `beginning; ${found} in the journal; 'aos journal tail' shows what there is`;
  return refuse('trace-unknown', '', detail);
}

const PLACE = /^(\d{1,9})(?:\/(\d{1,6}))?$/;
/** Fewest digits that name an intent: with fewer, digits are a record. */
const MIN_DIGITS = 6;
const DIGITS = /^(?:sha256:)?([0-9a-f]+)$/;

/** Digits that are a place of the journal are that, whatever intent begins so. */
function findPlace(source: TraceSource, what: string): EntryPlace | undefined {
  const [, seq, i] = PLACE.exec(what) ?? [];
  if (seq !== undefined) {
    const place = { seq: Number(seq), i: i === undefined ? null : Number(i) };
    if (source.journal.view.has(place)) return place;
  }
  return firstAbout(source, what);
}

function firstAbout(source: TraceSource, what: string): EntryPlace | undefined {
  const { index } = source.journal;
  const parsed = parseHashText(what);
  if (parsed.ok) {
    const [first] = index.aboutIntent(parsed.value);
    return first === undefined ? undefined : placeOf(first);
  }
  const digits = DIGITS.exec(what)?.[1] ?? '';
  if (digits.length < MIN_DIGITS) return undefined;
  const [only, another] = index.intentsBeginning(digits, 2);
  return only === undefined || another !== undefined ? undefined : placeOf(only);
}

function* latestEvent({ journal, world }: TraceSource): Steps<EntryPlace | undefined> {
  for (let seq = world.seq - 1; seq >= 0; seq--) {
    yield;
    if (journal.view.record(seq)?.input.kind === 'event') return { seq, i: null };
  }
  return undefined;
}
