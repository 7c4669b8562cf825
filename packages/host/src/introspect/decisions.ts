/** `introspect.decisions`: what the gate said, latest first. */
import { type Encodable, toHashText } from '@aos/canon';
import { printPlace } from '@aos/kernel';
import { type DecisionEntry, decodeRecord, type EntryPlace } from '@aos/protocol';
import type { JournalSource } from './journal-source.js';
import { type Answer, INVALID, parsePlace, type Question } from './question.js';

/** Records that are looked at for one answer: a store reads forward, so a slice at a time. */
const MAX_SLICES = 64;
const SLICE_RECORDS = 256;

interface Wanted {
  readonly effect: string | undefined;
  readonly outcome: string | undefined;
  readonly before: EntryPlace;
  readonly limit: number;
}

interface Found {
  readonly place: EntryPlace;
  readonly entry: DecisionEntry;
}

export async function answerDecisions(source: JournalSource, asked: Question): Promise<Answer> {
  const { limit } = asked;
  const text = asked.text('before');
  const before = text === undefined ? { seq: source.head + 1, i: null } : parsePlace(text);
  if (limit === undefined || before === undefined) return INVALID;
  const wanted = { effect: asked.text('effect'), outcome: asked.text('outcome'), before, limit };
  const { found, next } = await lookBack(source, wanted);
  return { payload: { decisions: found.map(shapeOf), next: next && printPlace(next) } };
}

/** Slice by slice, so that the world goes on beside it. */
async function lookBack(source: JournalSource, wanted: Wanted) {
  const found: Found[] = [];
  let end = Math.min(wanted.before.seq, source.head) + 1;
  for (let slices = 0; end > source.store.first; slices++) {
    if (slices === MAX_SLICES) return { found, next: { seq: end, i: null } };
    const from = Math.max(source.store.first, end - SLICE_RECORDS);
    for (const each of decisionsIn(source, from, end).reverse()) {
      if (!isWanted(each, wanted)) continue;
      if (found.length === wanted.limit) return { found, next: found.at(-1)?.place ?? null };
      found.push(each);
    }
    end = from;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { found, next: null };
}

function decisionsIn({ store }: JournalSource, from: number, end: number): Found[] {
  const found: Found[] = [];
  let seq = from;
  for (const bytes of store.records(from)) {
    if (seq === end) break;
    const record = decodeRecord(bytes);
    const entries = record.ok ? record.value.entries : [];
    entries.forEach((entry, i) => {
      if (entry.kind === 'decision') found.push({ place: { seq, i }, entry });
    });
    seq += 1;
  }
  return found;
}

function isWanted({ place, entry }: Found, { effect, outcome, before }: Wanted): boolean {
  if (place.seq > before.seq) return false;
  // the input of a record comes before its entries
  if (place.seq === before.seq && (place.i ?? 0) >= (before.i ?? 0)) return false;
  const isOfEffect = effect === undefined || entry.effect === effect;
  return isOfEffect && (outcome === undefined || entry.outcome === outcome);
}

function shapeOf({ place, entry }: Found): Encodable {
  const { intent, effect, cap, grantHash, policy, rule, outcome, code } = entry;
  return {
    place: printPlace(place),
    intent: toHashText(intent),
    grant_hash: grantHash && toHashText(grantHash),
    ...{ effect, cap, policy, rule, outcome, code },
  };
}
