/** The story of one plan instance: how far it is, what it waits for, how it ended. */
import { toHashText } from '@aos/canon';
import { findInstance, type InstanceWait, placeOf, printPlace } from '@aos/kernel';
import type {
  EffectShape,
  EntryPlace,
  PlainValue,
  PlanEndedEntry,
  PlanResultEntry,
  TracedPlanShape,
} from '@aos/protocol';
import { COMPLETED, isOpen, mostPressing, type Stand } from './standing.js';
import { describeCarried, entryAt, type TraceSource } from './trace-source.js';

/** What is known of the effects of the same trace. */
export interface KnownEffects {
  readonly effects: readonly EffectShape[];
  /** Codes of those that were denied. */
  readonly denials: ReadonlySet<string | null>;
}

/** `undefined` when no instance began at the place. */
export function tellPlan(
  source: TraceSource,
  place: EntryPlace,
  known: KnownEffects,
): TracedPlanShape | undefined {
  const started = entryAt(source, place);
  if (started?.kind !== 'plan-started' || place.i === null) return undefined;
  const id = { seq: place.seq, i: place.i };
  const { ended, result } = endOf(source, id);
  const waits = ended === undefined ? (findInstance(source.world, id)?.waits ?? []) : [];
  const { standing, code } =
    ended === undefined ? waitStand(waits, known) : endStand(ended.entry, known);
  return {
    instance: printPlace(id),
    plan: started.plan,
    parent: started.parent === null ? null : printPlace(started.parent),
    standing,
    code,
    waits: waits.map(describeWait),
    ended_at: ended === undefined ? null : printPlace(ended.place),
    result: result === undefined ? null : describeResult(source, result),
  };
}

interface InstanceEnd {
  ended?: { readonly place: EntryPlace; readonly entry: PlanEndedEntry };
  result?: PlanResultEntry;
}

function endOf(source: TraceSource, id: { readonly seq: number; readonly i: number }): InstanceEnd {
  const end: InstanceEnd = {};
  for (const number of source.journal.index.aboutInstance(id)) {
    const place = placeOf(number);
    const entry = entryAt(source, place);
    // entries of children are about their parent, too
    if (entry?.kind === 'plan-ended' && isSame(entry.instance, id)) end.ended = { place, entry };
    if (entry?.kind === 'plan-result' && isSame(entry.instance, id)) end.result = entry;
  }
  return end;
}

type Id = PlanEndedEntry['instance'];

const isSame = (a: Id, b: Id): boolean => a.seq === b.seq && a.i === b.i;

function endStand({ status, code }: PlanEndedEntry, { denials }: KnownEffects): Stand {
  if (status === 'ok') return COMPLETED;
  if (status === 'cancelled') return { standing: 'cancelled', code };
  return { standing: denials.has(code) ? 'denied' : 'failed', code };
}

function waitStand(waits: readonly InstanceWait[], known: KnownEffects): Stand {
  return mostPressing(waits.map((wait) => standOfWait(wait, known))) ?? RUNNING;
}

const RUNNING: Stand = { standing: 'running', code: null };

/** What waits for an effect stands where that stands; what waits for a child is told there. */
function standOfWait(wait: InstanceWait, { effects }: KnownEffects): Stand {
  switch (wait.kind) {
    case 'effect': {
      const hash = toHashText(wait.intent);
      const story = effects.find(({ intent }) => intent === hash);
      return story !== undefined && isOpen(story) ? story : RUNNING;
    }
    case 'event':
      return { standing: 'waiting-event', code: null };
    case 'time':
      return { standing: 'waiting-time', code: null };
    case 'child':
      return RUNNING;
  }
}

function describeWait(wait: InstanceWait): TracedPlanShape['waits'][number] {
  const { kind, step } = wait;
  switch (wait.kind) {
    case 'effect':
      return { kind, step, for: toHashText(wait.intent) };
    case 'event':
      return { kind, step, for: wait.schema };
    case 'time':
      return { kind, step, for: String(wait.atNs) };
    case 'child':
      return { kind, step, for: printPlace(wait.instance) };
  }
}

function describeResult(source: TraceSource, { schema, value }: PlanResultEntry): PlainValue {
  return describeCarried(source, value, source.ports.definition.schemas.get(schema));
}
