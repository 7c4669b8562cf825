/** `why`: what led to a state, intent, event or plan instance, and what came of it. */
import { type Hash, parseHashText } from '@aos/canon';
import {
  effectSteps,
  type Journal,
  type Provenance,
  placeOf as placeOfNumber,
  printPlace,
  type WhyNode,
  type WhyTarget,
  type World,
  whySteps,
} from '@aos/kernel';
import {
  type EntryPlace,
  type ParsedArgs,
  type PlainRecord,
  type ProvenanceShape,
  plainInteger,
} from '@aos/protocol';
import { inSlices, type Steps } from '../../trace/slices.js';
import type { JournalIndex } from '../journal-index.js';
import { refusal, shown } from '../view.js';
import { findIntent, MIN_DIGITS } from './intents.js';
import { findReducer, keyBytes } from './reducers.js';

/** Codes: `why-unknown`, `place-syntax`, `intent-unknown`, and those of a reducer and its key. */
export async function explainWhy(
  index: JournalIndex,
  args: ParsedArgs<'why'> & { readonly signal: AbortSignal | undefined },
): Promise<ProvenanceShape> {
  const { journal, ports, world } = await index.source();
  const target = targetOf({ journal, world }, args);
  const { limit: maxNodes, history: earlierChanges } = args;
  const steps = args.forward
    ? effectSteps(journal, ports, target, { maxNodes })
    : whySteps(journal, ports, target, { maxNodes, earlierChanges });
  const found = await inSlices(steps, args.signal);
  if (found.starts.length > 0) return inSlices(provenanceSteps(found), args.signal);
  const detail = `the journal knows nothing of ${args.kind} ${shown(args.what)}`;
  throw refusal('why-unknown', '/args/what', detail);
}

function targetOf(
  { journal, world }: { readonly journal: Journal; readonly world: World },
  { kind, what, key }: ParsedArgs<'why'>,
): WhyTarget {
  switch (kind) {
    case 'state': {
      const reducer = findReducer(world, what);
      return { kind, reducer: reducer.name, key: keyBytes(reducer, key) };
    }
    case 'intent': {
      // settled intents are known to the journal alone
      const parsed = parseHashText(what);
      return { kind, intent: parsed.ok ? parsed.value : settledOrOpen(journal, world, what) };
    }
    case 'event':
      return { kind, place: placeOf(what) };
    case 'instance': {
      const { seq, i } = placeOf(what);
      if (i === null) throw wrongPlace(what);
      if (journal.view.record(seq)?.entries[i]?.kind !== 'plan-started') throw noInstance(what);
      return { kind, instance: { seq, i } };
    }
  }
}

/** By the first digits, of all that the journal speaks of. */
function settledOrOpen(journal: Journal, world: World, what: string): Hash {
  const digits = what.replace(/^sha256:/, '');
  const [only, another] =
    digits.length < MIN_DIGITS ? [] : journal.index.intentsBeginning(digits, 2);
  if (only === undefined || another !== undefined) return findIntent(world, what).hash;
  const { seq, i } = placeOfNumber(only);
  const entry = i === null ? undefined : journal.view.record(seq)?.entries[i];
  return entry !== undefined && 'intent' in entry && entry.intent !== undefined
    ? entry.intent
    : findIntent(world, what).hash;
}

function noInstance(what: string) {
  const detail = `no plan instance began at '${shown(what)}'; plan-started entries begin them`;
  return refusal('why-unknown', '/args/what', detail);
}

const PLACE = /^(\d{1,9})(?:\/(\d{1,6}))?$/;

/** `7` is the input of record 7, `7/2` its entry 2. */
function placeOf(what: string): EntryPlace {
  const [, seq, i] = PLACE.exec(what) ?? [];
  if (seq === undefined) throw wrongPlace(what);
  return { seq: Number(seq), i: i === undefined ? null : Number(i) };
}

function wrongPlace(what: string) {
  const detail = `expected <record> or <record>/<entry>, such as 7/2, found '${shown(what)}'`;
  return refusal('place-syntax', '/args/what', detail);
}

function* provenanceSteps(found: Provenance): Steps<ProvenanceShape> {
  const { starts, isCut, missing } = found;
  const nodes: ReturnType<typeof nodeShape>[] = [];
  for (const node of found.nodes) {
    yield;
    nodes.push(nodeShape(node));
  }
  return {
    starts: starts.map(printPlace),
    nodes,
    is_cut: isCut,
    missing: missing.map(String),
  };
}

function nodeShape({ place, is, kind, fields, stamp, links }: WhyNode) {
  return {
    place: printPlace(place),
    is,
    kind,
    fields: fields as PlainRecord,
    now_ns: plainInteger(stamp.nowNs),
    logical_now_ns: plainInteger(stamp.logicalNowNs),
    links: links.map((link) => ({ role: link.role, place: printPlace(link.place) })),
  };
}
