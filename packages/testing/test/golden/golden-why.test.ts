/** Why things are as they are in the golden worlds, and what came of what. */
import { encode } from '@aos/canon';
import {
  CauseIndex,
  effectsOf,
  JournalView,
  type Provenance,
  printPlace,
  printProvenance,
  type WhyTarget,
  why,
} from '@aos/kernel';
import { describe, expect, it } from 'vitest';
import { GOLDEN_NAMES, type Golden, golden } from './golden-worlds.js';

function ask({ records, definition, memory }: Golden) {
  const index = new CauseIndex();
  for (const bytes of records) index.add(bytes);
  const journal = { index, view: new JournalView((seq) => records[seq]) };
  const ports = { definition, object: memory.read };
  return {
    why: (target: WhyTarget) => why(journal, ports, target),
    effectsOf: (target: WhyTarget) => effectsOf(journal, ports, target),
    journal,
  };
}

const all = new Map(GOLDEN_NAMES.map((name) => [name, golden(name)]));
const the = (name: string) => ask(all.get(name) as Golden);
const told = ({ nodes }: Provenance) =>
  nodes.map(({ place, kind }) => `${printPlace(place)} ${kind}`);

describe('the saga', () => {
  const state: WhyTarget = { kind: 'state', reducer: 'p/Keyed@1', key: encode('first') };

  it('is explained from its final state back to the first event, over two plans', () => {
    const provenance = the('saga').why(state);
    expect(told(provenance)).toEqual([
      '2/6 state-changed',
      '2/3 domain-event',
      '2/2 plan-step',
      '2/1 plan-step',
      '2/0 settled',
      '2 receipt',
      '1/9 intent',
      '1/8 decision',
      '1/7 plan-step',
      '1/6 plan-started',
      '1/3 domain-event',
      '1/2 plan-step',
      '1/1 plan-step',
      '1/0 settled',
      '1 receipt',
      '0/3 intent',
      '0/2 decision',
      '0/1 plan-step',
      '0/0 plan-started',
      '0 event',
    ]);
    expect(provenance.nodes.at(-1)?.fields).toMatchObject({
      schema: 'p/Order@1',
      value: { id: 'first', n: 1 },
    });
  });

  it('is told in lines that name each reason', () => {
    const lines = printProvenance(the('saga').why(state), 'back');
    expect(lines[0]).toMatch(/^2\/6 {2}state-changed {2}reducer "p\/Keyed@1" {2}key "first"/);
    expect(lines[6]).toMatch(/← cause 1\/8 {2}← instance 1\/6$/);
    expect(lines.at(-1)).toMatch(/^0 {4}input event/);
  });

  it('goes on from its first event to its final state', () => {
    const on = told(the('saga').effectsOf({ kind: 'event', place: { seq: 0, i: null } }));
    expect(on[0]).toBe('0 event');
    expect(on).toContain('2/6 state-changed');
    expect(on).toContain('2/5 plan-ended');
    expect(on.every((line) => !line.startsWith('3'))).toBe(true);
  });

  it('tells of a plan instance what it did, over a pause', () => {
    const journal = the('saga');
    const done = journal.effectsOf({ kind: 'instance', instance: { seq: 8, i: 0 } });
    expect(told(done)).toContain('10 receipt');
    expect(told(done)).toContain('12/0 plan-step');
  });
});

describe('provenance', () => {
  it.each(GOLDEN_NAMES)('of every entry ends at inputs: %s', (name) => {
    const journal = the(name);
    const { records } = all.get(name) as Golden;
    for (let seq = 0; seq < records.length; seq++) {
      const count = journal.journal.view.record(seq)?.entries.length ?? 0;
      for (let i = 0; i < count; i++) {
        const { nodes, missing, isCut } = journal.why({ kind: 'event', place: { seq, i } });
        expect({ missing, isCut }).toEqual({ missing: [], isCut: false });
        expect(nodes.at(-1)?.is).toBe('input');
        expect(nodes.every(({ is, links }) => is === 'input' || links.length > 0)).toBe(true);
      }
    }
  });

  it('of an approved intent leads to the approval, and from it to the receipt', () => {
    const { records } = all.get('effects') as Golden;
    const journal = the('effects');
    const approval = records.findIndex((_, seq) => {
      return journal.journal.view.record(seq)?.input.kind === 'governance';
    });
    const back = told(journal.why({ kind: 'event', place: { seq: approval, i: 0 } }));
    expect(back.map((line) => line.split(' ')[1])).toEqual([
      'decision',
      'governance',
      'approval-requested',
      'intent',
      'decision',
      'event',
    ]);
    const on = told(journal.effectsOf({ kind: 'event', place: { seq: approval, i: null } }));
    expect(on.map((line) => line.split(' ')[1])).toContain('decision');
  });
});
