/** `aos why`: what led to a state, intent, event or plan instance, and what came of it. */
import type { JsonValue } from '@aos/air';
import { type Hash, parseHashText } from '@aos/canon';
import {
  CauseIndex,
  effectsOf,
  type Journal,
  JournalView,
  type Provenance,
  printPlace,
  printProvenance,
  type WhyNode,
  type WhyTarget,
  why,
} from '@aos/kernel';
import type { EntryPlace, WorldStore } from '@aos/protocol';
import { findIntent } from '../intents.js';
import { type Answer, CliError } from '../output.js';
import { findReducer, readKey } from '../reducers.js';
import { cutValues } from '../shown-text.js';
import { openingWarnings, type ReadWorld, withWorld } from '../world/open-world.js';

export type WhyKind = WhyTarget['kind'];

export interface WhyCommandOptions {
  /** The cell of a keyed reducer, as JSON. */
  readonly key?: string;
  /** What came of it instead of what led to it. */
  readonly forward?: boolean;
  /** Earlier changes of the same state to explain as well. */
  readonly history?: number;
  /** Most places to show. */
  readonly limit: number;
}

export interface WhyQuestion extends WhyCommandOptions {
  readonly kind: WhyKind;
  /** A reducer, the hash of an intent, or a place `<record>` or `<record>/<entry>`. */
  readonly what: string;
}

export async function explainWhy(path: string, question: WhyQuestion): Promise<Answer> {
  const { kind, what } = question;
  return withWorld(path, (opened) => {
    const found = ask(opened, targetOf(opened, question), question);
    if (found.starts.length === 0) {
      throw new CliError('why-unknown', `the journal knows nothing of ${kind} ${cutValues(what)}`);
    }
    return {
      data: describe(found),
      lines: printProvenance(found, question.forward === true ? 'on' : 'back'),
      warnings: openingWarnings(opened),
    };
  });
}

function ask({ world, store }: ReadWorld, target: WhyTarget, options: WhyCommandOptions) {
  const journal = indexOf(store);
  const { definition } = world.program;
  const ports = { definition, object: store.object.bind(store) };
  const { limit: maxNodes, history: earlierChanges = 0, forward } = options;
  if (forward === true) return effectsOf(journal, ports, target, { maxNodes });
  return why(journal, ports, target, { maxNodes, earlierChanges });
}

/** The whole journal is read once; nothing of the index is kept. */
function indexOf(store: WorldStore): Journal {
  const index = new CauseIndex();
  for (const bytes of store.records(0)) {
    const added = index.add(bytes);
    if (!added.ok) throw CliError.of(added.refusal);
  }
  const view = new JournalView((seq) => {
    const [bytes] = store.records(seq);
    return bytes;
  });
  return { index, view };
}

function targetOf({ world }: ReadWorld, { kind, what, key }: WhyQuestion): WhyTarget {
  switch (kind) {
    case 'state': {
      const reducer = findReducer(world, what);
      return { kind, reducer: reducer.name, key: readKey(reducer, key) };
    }
    case 'intent':
      return { kind, intent: readIntent(world, what) };
    case 'event':
      return { kind, place: readPlace(what) };
    case 'instance': {
      const { seq, i } = readPlace(what);
      if (i === null) throw wrongPlace(what);
      return { kind, instance: { seq, i } };
    }
  }
}

/** Settled intents are known to the journal alone, so a whole hash need not be open. */
function readIntent(world: ReadWorld['world'], what: string): Hash {
  const parsed = parseHashText(what);
  return parsed.ok ? parsed.value : findIntent(world, what).hash;
}

const PLACE = /^(\d{1,10})(?:\/(\d{1,10}))?$/;

/** `7` is the input of record 7, `7/2` its entry 2. */
function readPlace(what: string): EntryPlace {
  const [, seq, i] = PLACE.exec(what) ?? [];
  if (seq === undefined) throw wrongPlace(what);
  return { seq: Number(seq), i: i === undefined ? null : Number(i) };
}

function wrongPlace(what: string): CliError {
  const message = `expected <record> or <record>/<entry>, such as 7/2, found ${cutValues(what)}`;
  return new CliError('place-syntax', message);
}

function describe({ starts, nodes, isCut, missing }: Provenance): JsonValue {
  return {
    starts: starts.map(printPlace),
    nodes: nodes.map(describeNode),
    is_cut: isCut,
    missing: [...missing],
  };
}

function describeNode({ place, is, kind, fields, stamp, links }: WhyNode): JsonValue {
  return {
    place: printPlace(place),
    is,
    kind,
    fields: { ...fields },
    now_ns: stamp.nowNs,
    logical_now_ns: stamp.logicalNowNs,
    links: links.map((link) => ({ role: link.role, place: printPlace(link.place) })),
  };
}
