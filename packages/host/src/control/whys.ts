/** `why`: what led to a state, intent, event or plan instance, and what came of it. */
import { parseHashText } from '@aos/canon';
import {
  effectsOf,
  type Provenance,
  printPlace,
  type WhyNode,
  type WhyTarget,
  type World,
  why,
} from '@aos/kernel';
import {
  type EntryPlace,
  type ParsedArgs,
  type PlainRecord,
  type ProvenanceShape,
  plainInteger,
} from '@aos/protocol';
import { findIntent } from './intents.js';
import type { JournalIndex } from './journal-index.js';
import { findReducer, keyBytes } from './reducers.js';
import { refusal, shown } from './view.js';

/** Codes: `why-unknown`, `place-syntax`, `intent-unknown`, and those of a reducer and its key. */
export async function explainWhy(
  index: JournalIndex,
  args: ParsedArgs<'why'>,
): Promise<ProvenanceShape> {
  const { journal, ports, world } = await index.source();
  const target = targetOf(world, args);
  const { limit: maxNodes, history: earlierChanges } = args;
  const found = args.forward
    ? effectsOf(journal, ports, target, { maxNodes })
    : why(journal, ports, target, { maxNodes, earlierChanges });
  if (found.starts.length > 0) return provenanceShape(found);
  const detail = `the journal knows nothing of ${args.kind} ${shown(args.what)}`;
  throw refusal('why-unknown', '/args/what', detail);
}

function targetOf(world: World, { kind, what, key }: ParsedArgs<'why'>): WhyTarget {
  switch (kind) {
    case 'state': {
      const reducer = findReducer(world, what);
      return { kind, reducer: reducer.name, key: keyBytes(reducer, key) };
    }
    case 'intent': {
      // settled intents are known to the journal alone, so a whole hash need not be open
      const parsed = parseHashText(what);
      return { kind, intent: parsed.ok ? parsed.value : findIntent(world, what).hash };
    }
    case 'event':
      return { kind, place: placeOf(what) };
    case 'instance': {
      const { seq, i } = placeOf(what);
      if (i === null) throw wrongPlace(what);
      return { kind, instance: { seq, i } };
    }
  }
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

function provenanceShape({ starts, nodes, isCut, missing }: Provenance): ProvenanceShape {
  return {
    starts: starts.map(printPlace),
    nodes: nodes.map(nodeShape),
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
