/**
 * A trace: what a root event led to, up to the latest record, and where that stands.
 *
 * T1 A root is an input that nothing in the journal led to: an event, or a command that was signed.
 *     Receipts, ticks and what goes on by itself belong to what they are about.
 * T2 A trace is read from the journal; only where something waits the world is asked.
 * T3 It is bounded, and says so when it was cut.
 */
import { type Hash, toHashText } from '@aos/canon';
import { effectSteps, printPlace, type WhyNode } from '@aos/kernel';
import {
  type EffectShape,
  type EntryPlace,
  type PlainRecord,
  plainInteger,
  type TracedFaultShape,
  type TraceShape,
} from '@aos/protocol';
import { tellPlan } from './instance-story.js';
import { tellEffect } from './intent-story.js';
import type { Steps } from './slices.js';
import { COMPLETED, isOpen, mostPressing, type Stand } from './standing.js';
import { entryAt, plain, type TraceSource } from './trace-source.js';

export interface TraceOptions {
  /** Most places of the journal to look at. Default 10,000. */
  readonly maxPlaces?: number;
}

const DEFAULT_PLACES = 10_000;

const IGNORED: Stand = { standing: 'ignored', code: null };

/** The trace of a root, as {@link rootOf} finds it; `undefined` when there is no such record. */
export function* trace(
  source: TraceSource,
  root: number,
  { maxPlaces = DEFAULT_PLACES }: TraceOptions = {},
): Steps<TraceShape | undefined> {
  const target = { kind: 'event', place: { seq: root, i: null } } as const;
  const walk = { maxNodes: maxPlaces };
  const { nodes, isCut } = yield* effectSteps(source.journal, source.ports, target, walk);
  const [first] = nodes;
  const last = nodes.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const parts = yield* partsOf(source, nodes);
  return {
    root,
    kind: first.kind,
    input: plain({ ...first.fields }) as PlainRecord,
    ...standOf(parts, first.kind, nodes.length),
    mode: source.world.mode,
    ...parts,
    events: placesOf(nodes, 'domain-event').length,
    changes: placesOf(nodes, 'state-changed').length,
    began_ns: plainInteger(first.stamp.nowNs),
    last_ns: plainInteger(last.stamp.nowNs),
    last_seq: last.place.seq,
    is_cut: isCut,
  };
}

type Parts = Pick<TraceShape, 'effects' | 'faults' | 'plans'>;

function* partsOf(source: TraceSource, nodes: readonly WhyNode[]): Steps<Parts> {
  const intents = yield* intentsOf(source, nodes);
  const effects = yield* told(intents, (hash) => tellEffect(source, hash));
  const denied = effects.filter(({ standing }) => standing === 'denied');
  const known = { effects, denials: new Set(denied.map(({ code }) => code)) };
  const begun = placesOf(nodes, 'plan-started');
  const plans = yield* told(begun, (place) => tellPlan(source, place, known));
  const faults = placesOf(nodes, 'reducer-fault').flatMap((place) => tellFault(source, place));
  return { effects, plans, faults };
}

function* told<T, Told>(
  items: readonly T[],
  tell: (item: T) => Told | undefined,
): Steps<readonly Told[]> {
  const found: Told[] = [];
  for (const item of items) {
    yield;
    const story = tell(item);
    if (story !== undefined) found.push(story);
  }
  return found;
}

function placesOf(nodes: readonly WhyNode[], kind: string): readonly EntryPlace[] {
  return nodes.flatMap((node) => (node.is === 'entry' && node.kind === kind ? [node.place] : []));
}

/** Those that were asked for, in the order of the journal, each once. */
function* intentsOf(source: TraceSource, nodes: readonly WhyNode[]): Steps<readonly Hash[]> {
  const found = new Map<string, Hash>();
  for (const { place } of nodes) {
    yield;
    const entry = entryAt(source, place);
    if (entry?.kind !== 'decision' && entry?.kind !== 'intent') continue;
    found.set(toHashText(entry.intent), entry.intent);
  }
  return [...found.values()];
}

function tellFault(source: TraceSource, place: EntryPlace): readonly TracedFaultShape[] {
  const entry = entryAt(source, place);
  if (entry?.kind !== 'reducer-fault') return [];
  return [{ at: printPlace(place), reducer: entry.reducer, code: entry.code }];
}

/**
 * What is not over counts wherever it is. Of what is over: the plans that nobody else started, as
 * they dealt with what they asked for; faults; and what reducers asked for.
 */
function standOf(parts: Parts, kind: string, places: number): Stand {
  const { effects, plans, faults } = parts;
  const open = [...effects, ...plans].filter(isOpen);
  const ended = [
    ...plans.filter(({ parent }) => parent === null),
    ...faults.map(({ code }) => ({ standing: 'faulted', code }) as const),
    ...effects.filter(({ origin }) => !isOfPlan(origin)),
  ];
  const stand = mostPressing(open) ?? mostPressing(ended);
  if (stand !== undefined) return { standing: stand.standing, code: stand.code };
  return places === 1 && kind === 'event' ? IGNORED : COMPLETED;
}

const isOfPlan = (origin: EffectShape['origin']): boolean => origin !== null && 'plan' in origin;
