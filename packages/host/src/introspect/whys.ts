/** `introspect.why`: what led to something, or what came of it, without the values on the way. */
import { type Encodable, parseHashText } from '@aos/canon';
import { effectsOf, printPlace, type WhyNode, type WhyTarget, type World, why } from '@aos/kernel';
import type { JournalIndex } from '../control/journal-index.js';
import type { TraceSource } from '../trace/trace-source.js';
import { type Answer, INVALID, parsePlace, type Question } from './question.js';

export async function answerWhy(index: JournalIndex, asked: Question): Promise<Answer> {
  const { limit: maxNodes, isForward } = asked;
  if (maxNodes === undefined) return INVALID;
  const source = await index.source();
  const target = targetOf(source, asked);
  if ('code' in target) return target;
  const { journal, ports } = source;
  const found = isForward
    ? effectsOf(journal, ports, target, { maxNodes })
    : why(journal, ports, target, { maxNodes });
  if (found.starts.length === 0) return { code: 'why-unknown' };
  const { starts, nodes, isCut } = found;
  return { payload: { starts: starts.map(printPlace), nodes: nodes.map(shapeOf), cut: isCut } };
}

/** The one thing that is asked about. */
function targetOf(source: TraceSource, asked: Question): WhyTarget | { readonly code: string } {
  const [reducer, intent, place] = ['reducer', 'intent', 'place'].map((name) => asked.text(name));
  const named = [reducer, intent, place].filter((each) => each !== undefined);
  if (named.length !== 1) return { code: 'query-invalid' };
  if (reducer !== undefined) return stateOf(source.world, reducer, asked.bytes('key'));
  if (intent !== undefined) {
    const hash = parseHashText(intent);
    return hash.ok ? { kind: 'intent', intent: hash.value } : { code: 'query-invalid' };
  }
  const there = parsePlace(place ?? '');
  if (there === undefined) return { code: 'query-invalid' };
  const { seq, i } = there;
  const entry = i === null ? undefined : source.journal.view.record(seq)?.entries[i];
  const isInstance = i !== null && entry?.kind === 'plan-started';
  return isInstance ? { kind: 'instance', instance: { seq, i } } : { kind: 'event', place: there };
}

function stateOf({ program }: World, reducer: string, key: Uint8Array | undefined) {
  const found = program.reducersByName.get(reducer);
  if (found === undefined) return { code: 'reducer-unknown' };
  const { keySchema } = found.definition;
  if (keySchema === undefined || key === undefined) {
    const isFit = (keySchema === undefined) === (key === undefined);
    return isFit ? ({ kind: 'state', reducer, key: null } as const) : { code: 'key-invalid' };
  }
  const normal = keySchema.normalizeCbor(key);
  if (!normal.ok) return { code: 'key-invalid' };
  return { kind: 'state', reducer, key: normal.value } as const;
}

/** Fields that say what a node is about, the first that is there. */
const NAMES = ['schema', 'effect', 'plan', 'reducer', 'verb'];

function shapeOf({ place, kind, fields, links }: WhyNode): Encodable {
  const { code = null } = fields;
  const about = NAMES.map((name) => fields[name]).find((each) => typeof each === 'string');
  return {
    place: printPlace(place),
    kind,
    about: typeof about === 'string' ? about : null,
    code: typeof code === 'string' ? code : null,
    links: links.map((link) => ({ role: link.role, place: printPlace(link.place) })),
  };
}
