/** The story of one effect: who asked, what the gate said, who agreed, how it ended. */
import { type Hash, toHashText } from '@aos/canon';
import { placeOf, printPlace } from '@aos/kernel';
import type {
  DecisionEntry,
  EffectShape,
  EntryPlace,
  IntentEntry,
  JournalRecord,
  ReceiptShape,
} from '@aos/protocol';
import { TIMER_KIND } from '../effects/effect-options.js';
import { describeReceipt, isReceipt } from './receipts.js';
import { COMPLETED, type Stand } from './standing.js';
import {
  describeCarried,
  describeOrigin,
  entryAt,
  recordAt,
  type TraceSource,
} from './trace-source.js';

/** All that the journal has about an intent, oldest first. */
interface Facts {
  readonly intent: Hash;
  decisions: { readonly place: EntryPlace; readonly entry: DecisionEntry }[];
  rulings: EntryPlace[];
  opened?: { readonly place: EntryPlace; readonly entry: IntentEntry };
  settled?: { readonly place: EntryPlace; readonly stand: Stand };
  receipt?: ReceiptShape;
  frames: number;
  isLate: boolean;
}

/** `undefined` when no entry of the journal is about the intent. */
export function tellEffect(source: TraceSource, intent: Hash): EffectShape | undefined {
  const facts = gather(source, intent);
  const { opened, decisions, settled, receipt = null, frames } = facts;
  const asked = opened?.entry ?? decisions[0]?.entry;
  if (asked === undefined) return undefined;
  const schema = source.ports.definition.effectOf(asked.effect)?.params;
  return {
    intent: toHashText(intent),
    effect: asked.effect,
    cap: asked.cap,
    attempt: opened?.entry.attempt ?? null,
    origin: opened === undefined ? null : describeOrigin(source, opened.entry.origin),
    params: opened === undefined ? null : describeCarried(source, opened.entry.params, schema),
    ...standOf(source, facts),
    decisions: decisions.map(({ place, entry: { outcome, code, policy, rule } }) => {
      return { at: printPlace(place), outcome, code, policy, rule };
    }),
    rulings: facts.rulings.map(printPlace),
    opened_at: opened === undefined ? null : printPlace(opened.place),
    settled_at: settled === undefined ? null : printPlace(settled.place),
    frames,
    receipt,
  };
}

function gather(source: TraceSource, intent: Hash): Facts {
  const facts: Facts = { intent, decisions: [], rulings: [], frames: 0, isLate: false };
  for (const number of source.journal.index.aboutIntent(intent)) {
    const place = placeOf(number);
    if (place.i === null) gatherInput(source, place, facts);
    else gatherEntry(source, place, facts);
  }
  return facts;
}

function gatherInput(source: TraceSource, place: EntryPlace, facts: Facts): void {
  const record = recordAt(source, place);
  if (record === undefined) return;
  if (record.input.kind === 'stream-frame') facts.frames += 1;
  if (isRuling(record)) facts.rulings.push(place);
  if (!isReceipt(record)) return;
  const effect = facts.opened?.entry.effect ?? facts.decisions[0]?.entry.effect ?? null;
  // the first one settles; what comes after it is dropped
  facts.receipt ??= describeReceipt(source, record, effect);
}

/** What a host proposes for an effect is about it, too, and rules nothing. */
function isRuling({ input }: JournalRecord): boolean {
  return input.kind === 'governance' && input.verb === 'approve-intent';
}

function gatherEntry(source: TraceSource, place: EntryPlace, facts: Facts): void {
  const entry = entryAt(source, place);
  switch (entry?.kind) {
    case 'decision':
      facts.decisions.push({ place, entry });
      break;
    case 'intent':
      facts.opened ??= { place, entry };
      break;
    case 'settled': {
      const code = entry.code ?? facts.receipt?.code ?? null;
      facts.settled ??= { place, stand: { standing: ENDS[entry.status], code } };
      break;
    }
    case 'dropped':
      facts.isLate ||= entry.code === 'receipt-late';
      break;
    default:
  }
}

const ENDS = {
  ok: 'completed',
  error: 'failed',
  timeout: 'failed',
  cancelled: 'cancelled',
} as const;

function standOf(source: TraceSource, facts: Facts): Stand {
  const last = facts.decisions.at(-1)?.entry;
  if (last?.outcome === 'deny') return { standing: 'denied', code: last.code };
  if (facts.settled !== undefined) {
    const { stand } = facts.settled;
    return facts.isLate ? { standing: 'late', code: stand.code } : stand;
  }
  const open = source.world.intents.get(facts.intent);
  if (open === undefined) return COMPLETED;
  if (open.approval !== null) return { standing: 'waiting-approval', code: null };
  const isTimer = open.effect === TIMER_KIND;
  return { standing: isTimer ? 'waiting-time' : 'waiting-receipt', code: null };
}
