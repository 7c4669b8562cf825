/**
 * Why, and what came of it: the part of the cause graph that a question reaches.
 *
 * W1 A pure function of the records, the index built from them and the definition.
 * W2 Nodes stand in an order that respects causes: backwards the latest first, forwards the
 *     earliest first.
 * W3 A walk is bounded by `maxNodes`, and says so when it was cut; records that are not there end
 *     it, and are named.
 * W4 A walk may be left at each of its steps and taken up again, also when the journal has grown.
 */

import type { Hash } from '@aos/canon';
import type { EntryPlace, Instance, JournalRecord, Stamp } from '@aos/protocol';
import { type Described, type DescribePorts, describeEntry, describeInput } from './describe.js';
import { consequencesOf, type Journal, type Link, reasonsOf } from './links.js';
import { type PlaceNumber, placeNumber, placeOf } from './places.js';

/** What a question is about. */
export type WhyTarget =
  | { readonly kind: 'state'; readonly reducer: string; readonly key: Uint8Array | null }
  | { readonly kind: 'intent'; readonly intent: Hash }
  | { readonly kind: 'event'; readonly place: EntryPlace }
  | { readonly kind: 'instance'; readonly instance: Instance };

/** An input or an entry on the way. */
export interface WhyNode {
  readonly place: EntryPlace;
  readonly is: 'input' | 'entry';
  /** Kind of the input or entry. */
  readonly kind: string;
  readonly fields: Described;
  /** When its record was made. */
  readonly stamp: Stamp;
  /** Backwards its reasons, forwards its consequences. */
  readonly links: readonly Link[];
}

export interface Provenance {
  /** Where the walk begins; empty when the journal knows nothing of the target. */
  readonly starts: readonly EntryPlace[];
  readonly nodes: readonly WhyNode[];
  /** Not all that was reachable is in `nodes`. */
  readonly isCut: boolean;
  /** Records that the walk led to and that are not there, ascending. */
  readonly missing: readonly number[];
}

export interface WhyOptions {
  /** Default 1,000. */
  readonly maxNodes?: number;
  /** How many earlier changes of the same cell to explain as well; default 0. */
  readonly earlierChanges?: number;
}

const DEFAULT_NODES = 1000;

/** A walk step by step. */
export type WhySteps = Generator<undefined, Provenance, undefined>;

/** Explains a target back to the inputs it comes from. */
export function why(
  journal: Journal,
  ports: DescribePorts,
  target: WhyTarget,
  options: WhyOptions = {},
): Provenance {
  return finish(whySteps(journal, ports, target, options));
}

/** As {@link why}. */
export function* whySteps(
  journal: Journal,
  ports: DescribePorts,
  target: WhyTarget,
  options: WhyOptions = {},
): WhySteps {
  const starts = startsOf(journal, target, (options.earlierChanges ?? 0) + 1);
  const walk = { maxNodes: options.maxNodes ?? DEFAULT_NODES, starts };
  const back = (place: EntryPlace) => reasonsOf(journal, place);
  const isFollowed = ({ role }: Link) => role !== 'before';
  const direction: Direction = { linksOf: back, isFollowed, order: (a, b) => b - a };
  const found = yield* walkFrom(journal, walk, direction);
  return yield* describeWalk(journal, ports, found);
}

/** What came of a target, up to the latest record. */
export function effectsOf(
  journal: Journal,
  ports: DescribePorts,
  target: WhyTarget,
  options: Pick<WhyOptions, 'maxNodes'> = {},
): Provenance {
  return finish(effectSteps(journal, ports, target, options));
}

/** As {@link effectsOf}. */
export function* effectSteps(
  journal: Journal,
  ports: DescribePorts,
  target: WhyTarget,
  options: Pick<WhyOptions, 'maxNodes'> = {},
): WhySteps {
  const starts = startsOf(journal, target, 1);
  const walk = { maxNodes: options.maxNodes ?? DEFAULT_NODES, starts };
  const on = (place: EntryPlace) => consequencesOf(journal, place);
  const isFollowed = () => true;
  const direction: Direction = { linksOf: on, isFollowed, order: (a, b) => a - b };
  const found = yield* walkFrom(journal, walk, direction);
  return yield* describeWalk(journal, ports, found);
}

function finish(steps: WhySteps): Provenance {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

function startsOf(
  { view, index }: Journal,
  target: WhyTarget,
  changes: number,
): readonly EntryPlace[] {
  switch (target.kind) {
    case 'state':
      return index.changesOf(target.reducer, target.key).slice(-changes).map(placeOf);
    case 'intent': {
      const about = index.aboutIntent(target.intent).map(placeOf);
      const isIntent = ({ seq, i }: EntryPlace) =>
        i !== null && view.record(seq)?.entries[i]?.kind === 'intent';
      const opened = about.filter(isIntent);
      return (opened.length > 0 ? opened : about).slice(-1);
    }
    case 'event':
      return view.has(target.place) ? [target.place] : [];
    case 'instance':
      return view.has(target.instance) ? [target.instance] : [];
  }
}

interface Direction {
  readonly linksOf: (place: EntryPlace) => readonly Link[];
  readonly isFollowed: (link: Link) => boolean;
  readonly order: (a: PlaceNumber, b: PlaceNumber) => number;
}

interface Walked {
  readonly starts: readonly EntryPlace[];
  readonly nodes: readonly { readonly place: EntryPlace; readonly links: readonly Link[] }[];
  readonly isCut: boolean;
  readonly missing: readonly number[];
}

/** Nearest first, so that a walk that is cut keeps what is closest to the question. */
function* walkFrom(
  { view }: Journal,
  { starts, maxNodes }: { readonly starts: readonly EntryPlace[]; readonly maxNodes: number },
  direction: Direction,
): Generator<undefined, Walked, undefined> {
  const seen = new Set<PlaceNumber>(starts.map(placeNumber));
  const missing = new Set<number>();
  const nodes = new Map<PlaceNumber, readonly Link[]>();
  let isCut = false;
  for (const number of seen) {
    const place = placeOf(number);
    if (!view.has(place)) {
      missing.add(place.seq);
      continue;
    }
    if (nodes.size >= maxNodes) {
      isCut = true;
      break;
    }
    yield;
    const links = direction.linksOf(place);
    nodes.set(number, links);
    for (const link of links) {
      if (direction.isFollowed(link)) seen.add(placeNumber(link.place));
    }
  }
  const ordered = [...nodes].sort(([a], [b]) => direction.order(a, b));
  return {
    starts,
    nodes: ordered.map(([number, links]) => ({ place: placeOf(number), links })),
    isCut,
    missing: [...missing].sort((a, b) => a - b),
  };
}

function* describeWalk(journal: Journal, ports: DescribePorts, walked: Walked): WhySteps {
  const nodes: WhyNode[] = [];
  for (const { place, links } of walked.nodes) {
    yield;
    const record = journal.view.record(place.seq);
    if (record !== undefined) nodes.push({ ...describePlace(record, place, ports), links });
  }
  return { ...walked, nodes };
}

/** One place of a record, without its links. */
export function describePlace(
  { stamp, input, entries }: JournalRecord,
  place: EntryPlace,
  ports: DescribePorts,
): Omit<WhyNode, 'links'> {
  const entry = place.i === null ? undefined : entries[place.i];
  if (entry === undefined) {
    const fields = describeInput(input, ports);
    return { place: { ...place, i: null }, is: 'input', kind: input.kind, fields, stamp };
  }
  return { place, is: 'entry', kind: entry.kind, fields: describeEntry(entry, ports), stamp };
}
