/**
 * Why, of anything in any journal: the answer leads back to inputs, and everything on its way leads
 * on to where it came from.
 */
import type { Hash } from '@aos/canon';
import {
  CauseIndex,
  effectsOf,
  JournalView,
  type Provenance,
  type WhyNode,
  type WhyTarget,
  why,
} from '@aos/kernel';
import type { Entry, EntryPlace } from '@aos/protocol';
import type { Life } from '../kernel/life.js';

/** Questions for one journal. */
const TARGETS = 2;

/** Throws when an answer leads nowhere. */
export function checkProvenance(life: Life): void {
  const { lived, random, disk, generated } = life;
  const places = lived.flatMap(({ record }) =>
    record.entries.map((entry, i) => ({ entry, place: { seq: record.seq, i } })),
  );
  if (places.length === 0) return;
  const index = new CauseIndex();
  for (const { bytes } of lived) index.add(bytes);
  const journal = { index, view: new JournalView((seq) => lived[seq]?.bytes) };
  const object = (hash: Hash) => disk.read(hash);
  const ports = { definition: generated.definition, object };
  for (let i = 0; i < TARGETS; i++) {
    const { entry, place } = random.pick(places);
    const back = why(journal, ports, targetOf(entry, place));
    checkBack(back);
    const last = farthest(back);
    if (last === undefined || back.isCut) continue;
    const on = effectsOf(journal, ports, { kind: 'event', place: last.place });
    const start = back.starts[0] as EntryPlace;
    if (!on.isCut && !leadsTo(on, start)) {
      throw new Error(
        `record ${last.place.seq} does not lead on to entry ${start.i} of ${start.seq}`,
      );
    }
    life.coverage.count('life asked why');
  }
}

/** What is farthest back of all that led here, past what is only told of. */
function farthest({ starts, nodes }: Provenance): WhyNode | undefined {
  const led = new Set(starts.map(nameOf));
  let last: WhyNode | undefined;
  for (const node of nodes) {
    if (!led.has(nameOf(node.place))) continue;
    last = node;
    for (const { role, place } of node.links) {
      if (role !== 'before' && role !== 'definition') led.add(nameOf(place));
    }
  }
  return last;
}

const nameOf = ({ seq, i }: EntryPlace): string => `${seq} ${i}`;

function targetOf(entry: Entry, place: EntryPlace & { readonly i: number }): WhyTarget {
  if (entry.kind === 'state-changed')
    return { kind: 'state', reducer: entry.reducer, key: entry.key };
  if (entry.kind === 'intent') return { kind: 'intent', intent: entry.intent };
  if (entry.kind === 'plan-started') return { kind: 'instance', instance: place };
  return { kind: 'event', place };
}

function checkBack({ starts, nodes, missing, isCut }: Provenance): void {
  if (starts.length === 0) throw new Error('nothing is known of what the journal has');
  if (missing.length > 0) throw new Error(`record ${missing[0]} is said to be missing`);
  if (!isCut && nodes.at(-1)?.is !== 'input') throw new Error('an answer does not end in an input');
}

function leadsTo({ nodes }: Provenance, { seq, i }: EntryPlace): boolean {
  return nodes.some(({ place }) => place.seq === seq && place.i === i);
}
