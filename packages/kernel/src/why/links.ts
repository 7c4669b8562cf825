/**
 * Links: what one place of the journal has to do with others, one step back or one step on.
 *
 * L1 A link back always leads to an earlier place, so every walk ends.
 * L2 Links back and links on are each other's inverse, but for two: `before`, as the earlier state
 *     of a cell is told and is no consequence; and `definition`, as everything since then would be
 *     one.
 */
import type { Hash } from '@aos/canon';
import type { Entry, EntryPlace, JournalRecord } from '@aos/protocol';
import { type CauseIndex, instanceOf, intentOfInput } from './cause-index.js';
import type { JournalView } from './journal-view.js';
import { causePlace, type PlaceNumber, placeNumber, placeOf } from './places.js';

/**
 * `cause`: what made it happen; `decision`: what let it through; `intent`: the intent it is about;
 * `approval`: who agreed; `instance`: the plan instance it belongs to; `before`: the change of the
 * same cell before it; `proposal`: the step of a change of the definition before it; `definition`:
 * where the definition came into force under which a state changed, or that a proposal is about.
 */
export type LinkRole =
  | 'approval'
  | 'before'
  | 'cause'
  | 'decision'
  | 'definition'
  | 'instance'
  | 'intent'
  | 'proposal';

export interface Link {
  readonly role: LinkRole;
  readonly place: EntryPlace;
}

/** Where links are found. */
export interface Journal {
  readonly view: JournalView;
  readonly index: CauseIndex;
}

/** Why a place is there: its links back, the cause first. */
export function reasonsOf(journal: Journal, place: EntryPlace): readonly Link[] {
  const record = journal.view.record(place.seq);
  if (record === undefined) return [];
  if (place.i === null) return inputReasons(journal, record);
  const entry = record.entries[place.i];
  if (entry === undefined) return [];
  const links: Link[] = [{ role: 'cause', place: causePlace(place.seq, entry.cause) }];
  const more = [...intentReasons(journal, place, entry), ...otherReasons(journal, place, entry)];
  for (const link of more) {
    if (!links.some((other) => isSame(other.place, link.place))) links.push(link);
  }
  return links;
}

/** What followed from a place: its links on, oldest first. */
export function consequencesOf(journal: Journal, place: EntryPlace): readonly Link[] {
  const found = new Set<PlaceNumber>(journal.index.laterConsequencesOf(placeNumber(place)));
  const record = journal.view.record(place.seq);
  if (record === undefined) return [];
  record.entries.forEach((entry, i) => {
    if (isSame(causePlace(record.seq, entry.cause), place)) found.add(placeNumber({ ...place, i }));
  });
  for (const candidate of aboutSame(journal, record, place)) found.add(candidate);
  return [...found]
    .sort((a, b) => a - b)
    .flatMap((number) => {
      const there = placeOf(number);
      const link = reasonsOf(journal, there).find((reason) => isSame(reason.place, place));
      return link === undefined || isOneWay(link) ? [] : [{ role: link.role, place: there }];
    });
}

/** What is told of the past, and is not followed on. */
export function isOneWay({ role }: Link): boolean {
  return role === 'before' || role === 'definition';
}

/** Later places that may have a link back other than their cause. */
function aboutSame(
  { index }: Journal,
  record: JournalRecord,
  place: EntryPlace,
): readonly PlaceNumber[] {
  const here = placeNumber(place);
  const entry = place.i === null ? undefined : record.entries[place.i];
  const intent = entry === undefined ? intentOfInput(record.input) : intentOf(entry);
  const started = entry?.kind === 'plan-started' && place.i !== null;
  const changed = entry?.kind === 'governance-changed' ? index.aboutProposal(entry.proposal) : [];
  return [
    ...changed,
    ...(intent === undefined ? [] : index.aboutIntent(intent)),
    ...(started ? index.aboutInstance({ seq: place.seq, i: place.i as number }) : []),
  ].filter((number) => number > here);
}

function inputReasons(journal: Journal, { seq, input }: JournalRecord): readonly Link[] {
  const intent = intentOfInput(input);
  if (intent === undefined) return [];
  const here = { seq, i: null };
  return lastAbout(journal, { intent, before: here, kinds: ['intent'] }, 'intent');
}

function intentReasons(journal: Journal, place: EntryPlace, entry: Entry): readonly Link[] {
  const intent = intentOf(entry);
  if (intent === undefined) return [];
  const about = { intent, before: place };
  switch (entry.kind) {
    case 'intent':
      return lastAbout(journal, { ...about, kinds: ['decision'] }, 'decision');
    case 'decision':
      return lastAbout(journal, { ...about, kinds: ['approval-requested'] }, 'approval');
    case 'approval-requested':
      return lastAbout(journal, { ...about, kinds: ['intent'] }, 'intent');
    case 'settled':
    case 'dropped':
      return [
        ...lastAbout(journal, { ...about, kinds: ['intent'] }, 'intent'),
        ...laterDecision(journal, about),
      ];
    default:
      return [];
  }
}

/** The ruling of people on an intent that waited for them, which comes after the intent itself. */
function laterDecision(
  journal: Journal,
  about: { readonly intent: Hash; readonly before: EntryPlace },
): readonly Link[] {
  const [last] = lastAbout(journal, { ...about, kinds: ['decision', 'intent'] }, 'decision');
  if (last === undefined || last.place.i === null) return [];
  const entry = journal.view.record(last.place.seq)?.entries[last.place.i];
  return entry?.kind === 'decision' ? [last] : [];
}

function otherReasons(journal: Journal, place: EntryPlace, entry: Entry): readonly Link[] {
  const instance = instanceOf(entry);
  if (instance !== undefined) return [{ role: 'instance', place: instance }];
  const { index } = journal;
  const here = placeNumber(place);
  const last = (role: LinkRole, places: readonly PlaceNumber[]): readonly Link[] => {
    const found = lastBefore(places, here);
    return found === undefined ? [] : [{ role, place: placeOf(found) }];
  };
  switch (entry.kind) {
    case 'state-changed':
      return [
        ...last('before', index.changesOf(entry.reducer, entry.key)),
        ...last('definition', index.applied),
      ];
    case 'governance-changed':
      return [
        ...last('proposal', index.aboutProposal(entry.proposal)),
        ...(entry.change === 'proposed' ? last('definition', index.applied) : []),
      ];
    default:
      return [];
  }
}

/** The latest of these places before another; there may be very many. */
function lastBefore(changes: readonly PlaceNumber[], place: PlaceNumber): PlaceNumber | undefined {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((changes[middle] as PlaceNumber) < place) low = middle + 1;
    else high = middle;
  }
  return changes[low - 1];
}

/** The latest entry of one of these kinds about an intent. */
function lastAbout(
  { view, index }: Journal,
  about: {
    readonly intent: Hash;
    readonly before: EntryPlace;
    readonly kinds: readonly Entry['kind'][];
  },
  role: LinkRole,
): readonly Link[] {
  const end = placeNumber(about.before);
  const numbers = index.aboutIntent(about.intent);
  for (let n = numbers.length - 1; n >= 0; n--) {
    const number = numbers[n] as PlaceNumber;
    if (number >= end) continue;
    const place = placeOf(number);
    const entry = place.i === null ? undefined : view.record(place.seq)?.entries[place.i];
    if (entry !== undefined && about.kinds.includes(entry.kind)) return [{ role, place }];
  }
  return [];
}

function intentOf(entry: Entry): Hash | undefined {
  return 'intent' in entry ? entry.intent : undefined;
}

function isSame(a: EntryPlace, b: EntryPlace): boolean {
  return a.seq === b.seq && a.i === b.i;
}
