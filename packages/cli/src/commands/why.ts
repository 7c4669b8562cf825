/** `aos why`: what led to a state, intent, event or plan instance, and what came of it. */
import type { JsonValue } from '@aos/air';
import { type Hash, parseHashText } from '@aos/canon';
import {
  effectsOf,
  type Provenance,
  printPlace,
  printProvenance,
  type WhyNode,
  type WhyTarget,
  why,
} from '@aos/kernel';
import { findIntent } from '../intents.js';
import { type Answer, CliError } from '../output.js';
import { readPlace, wrongPlace } from '../places.js';
import { findReducer, readKey } from '../reducers.js';
import { cutValues } from '../shown-text.js';
import { openingWarnings, type ReadWorld, withWorld } from '../world/open-world.js';
import { traceSourceOf } from '../world/trace-source.js';

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

function ask(opened: ReadWorld, target: WhyTarget, options: WhyCommandOptions) {
  const { journal, ports } = traceSourceOf(opened);
  const { limit: maxNodes, history: earlierChanges = 0, forward } = options;
  if (forward === true) return effectsOf(journal, ports, target, { maxNodes });
  return why(journal, ports, target, { maxNodes, earlierChanges });
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
