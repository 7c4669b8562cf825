import type { WorldDefinition } from '@aos/air';
import { encode, type Hash, sha256, toHashText, utf8, type Value, ZERO_HASH } from '@aos/canon';
import {
  type Entry,
  encodeRecord,
  type GovernanceVerb,
  type Input,
  type ProposalChange,
  type ReceiptInput,
  verbArgs,
} from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { CauseIndex } from './cause-index.js';
import { JournalView } from './journal-view.js';
import { isOneWay } from './links.js';
import { printPlace } from './places.js';
import { printProvenance } from './print.js';
import { effectsOf, type Provenance, type WhyTarget, why } from './why.js';

const hashOf = (text: string): Hash => sha256(utf8(text));
const inline = (value: string) => ({ inline: encode(value) });
const stamp = { nowNs: 5n, logicalNowNs: 5n, entropy: new Uint8Array(32) };
const A = hashOf('intent of plan A');
const B = hashOf('intent of plan B');
const planA = { seq: 0, i: 0 };
const planB = { seq: 1, i: 3 };

const event = (schema: string): Input => ({ kind: 'event', schema, value: inline(schema) });
const receipt = (intentHash: Hash): ReceiptInput => ({
  kind: 'receipt',
  receipt: {
    worldId: ZERO_HASH,
    epoch: 0,
    intentHash,
    attempt: 1,
    adapterId: 'stub',
    status: 'ok',
    payloadHash: sha256(encode('paid')),
  },
  payload: inline('paid'),
  keyId: hashOf('key'),
  sig: new Uint8Array(64),
});
const decision = (cause: number, intent: Hash): Entry => {
  const by = { effect: 'pay', cap: 'purse', grantHash: hashOf('grant'), policy: 'p', rule: 0 };
  return { kind: 'decision', cause, intent, ...by, outcome: 'allow', code: null };
};
const intent = (cause: number, hash: Hash, instance: typeof planA): Entry => ({
  kind: 'intent',
  cause,
  intent: hash,
  effect: 'pay',
  cap: 'purse',
  params: inline('1 coin'),
  idempotencyKey: hash,
  origin: { plan: 'p', instance, step: 'emit' },
  attempt: 1,
});
const settled = (hash: Hash): Entry => {
  return { kind: 'settled', cause: null, intent: hash, status: 'ok', code: null };
};
const step = (cause: number, instance: typeof planA, id: string): Entry => {
  return { kind: 'plan-step', cause, instance, step: id, outcome: 'done', code: null };
};
const raised = (cause: number, schema: string): Entry => {
  return { kind: 'domain-event', cause, schema, value: inline(schema) };
};
const started = (cause: number | null, plan: string): Entry => {
  return { kind: 'plan-started', cause, plan, input: inline(plan), parent: null };
};
const changed = (cause: Extract<Entry, { kind: 'state-changed' }>['cause'], key: string): Entry => {
  const at = { reducer: 't/A@1', key: encode(key) };
  return { kind: 'state-changed', cause, ...at, before: null, after: hashOf(key) };
};

/** Two plans: the event of the first starts the second, whose event changes a state. */
const journal: readonly (readonly [Input, readonly Entry[]])[] = [
  [
    event('t/Order@1'),
    [started(null, 'p/A@1'), decision(0, A), intent(0, A, planA), changed(null, 'other')],
  ],
  [
    receipt(A),
    [
      settled(A),
      step(0, planA, 'await'),
      raised(1, 't/Paid@1'),
      started(2, 'p/B@1'),
      decision(3, B),
      intent(3, B, planB),
    ],
  ],
  [receipt(B), [settled(B), step(0, planB, 'await'), raised(1, 't/Shipped@1')]],
  [{ kind: 'continue' }, [changed({ seq: 2, i: 2 }, 'one'), changed(null, 'one')]],
];
const encoded = (lived: typeof journal): readonly Uint8Array[] =>
  lived.map(([input, entries], seq) =>
    encodeRecord({ seq, fuel: 0, prev: ZERO_HASH, input, stamp, entries }),
  );
const records = encoded(journal);

const says = (verb: GovernanceVerb): Input => ({
  ...{ kind: 'governance', verb: verb.verb, args: verbArgs(verb), nonce: new Uint8Array(16) },
  ...{ keyId: hashOf('key'), sig: new Uint8Array(64) },
});
const became = (change: ProposalChange): Entry => {
  const by = { proposal: 0, principal: 'ben', hash: hashOf('patch') };
  return { kind: 'governance-changed', cause: null, change, ...by };
};

const patch = { base: ZERO_HASH, patchHash: hashOf('patch') };
const bound = { proposal: 0, ...patch, shadowHash: hashOf('shadow') };

/** A plan proposes, people agree, and afterwards somebody sends an event. */
const governed: typeof journal = [
  [event('t/Wish@1'), [started(null, 'p/A@1'), decision(0, A), intent(0, A, planA)]],
  [says({ verb: 'propose', ...patch, description: '', intent: A }), [became('proposed')]],
  [receipt(A), [settled(A), step(0, planA, 'await')]],
  [says({ verb: 'shadowed', ...bound, atSeq: 0 }), [became('shadowed')]],
  [says({ verb: 'approve', ...bound }), [became('approval'), became('approved')]],
  [says({ verb: 'apply', proposal: 0 }), [became('applied')]],
  [event('t/Order@1'), [changed(null, 'one')]],
];

const definition = {
  schemas: new Map(),
  reducers: [],
  find: () => undefined,
  effectOf: () => undefined,
} as unknown as WorldDefinition;
const ports = { definition, object: () => undefined };

function open(kept: (seq: number) => boolean = () => true, lived = records) {
  const index = new CauseIndex();
  for (const bytes of lived) index.add(bytes);
  return { index, view: new JournalView((seq) => (kept(seq) ? lived[seq] : undefined)) };
}

const places = ({ nodes }: Provenance) => nodes.map(({ place }) => printPlace(place));
const stateOne: WhyTarget = { kind: 'state', reducer: 't/A@1', key: encode('one') };

describe('why', () => {
  it('leads from the first change of a state back to the first event of a saga', () => {
    const provenance = why(open(), ports, { kind: 'event', place: { seq: 3, i: 0 } });
    expect(places(provenance)).toEqual(
      ['3/0', '2/2', '2/1', '2/0', '2', '1/5', '1/4', '1/3', '1/2', '1/1', '1/0', '1'].concat([
        '0/2',
        '0/1',
        '0/0',
        '0',
      ]),
    );
    expect(provenance.nodes.at(-1)).toMatchObject({ is: 'input', kind: 'event' });
    expect(provenance).toMatchObject({ isCut: false, missing: [] });
  });

  it('leads from a state to who proposed the definition that it came under', () => {
    const provenance = why(
      open(() => true, encoded(governed)),
      ports,
      stateOne,
    );
    const [state] = provenance.nodes;
    expect(state?.links).toContainEqual({ role: 'definition', place: { seq: 5, i: 0 } });
    const way = ['6/0', '6', '5/0', '5', '4/1', '4/0', '4', '3/0', '3', '1/0', '1'];
    expect(places(provenance)).toEqual([...way, '0/2', '0/1', '0/0', '0']);
  });

  it('begins with the latest change of a state, and tells of the one before', () => {
    const { starts, nodes } = why(open(), ports, stateOne);
    expect(starts).toEqual([{ seq: 3, i: 1 }]);
    expect(nodes[0]?.links).toEqual([
      { role: 'cause', place: { seq: 3, i: null } },
      { role: 'before', place: { seq: 3, i: 0 } },
    ]);
    expect(places(why(open(), ports, stateOne, { earlierChanges: 1 }))).toContain('2');
  });

  it('tells an intent by its decision and by what asked for it', () => {
    const { starts, nodes } = why(open(), ports, { kind: 'intent', intent: B });
    expect(starts).toEqual([{ seq: 1, i: 5 }]);
    expect(nodes[0]?.links.map(({ role, place }) => `${role} ${printPlace(place)}`)).toEqual([
      'cause 1/3',
      'decision 1/4',
    ]);
  });

  it('leads from a settlement to who approved the intent, and on from there', () => {
    const approved: readonly (readonly [Input, readonly Entry[]])[] = [
      [event('t/Order@1'), [started(null, 'p/A@1'), decision(0, A), intent(0, A, planA)]],
      [
        {
          kind: 'governance',
          verb: 'approve-intent',
          args: new Map<string, Value>([
            ['intent_hash', A],
            ['decision', 'approve'],
          ]),
          nonce: new Uint8Array(16),
          keyId: hashOf('key'),
          sig: new Uint8Array(64),
        },
        [{ ...decision(0, A), cause: null }],
      ],
      [receipt(A), [settled(A)]],
    ];
    const bytes = approved.map(([input, entries], seq) =>
      encodeRecord({ seq, fuel: 0, prev: ZERO_HASH, input, stamp, entries }),
    );
    const index = new CauseIndex();
    for (const record of bytes) expect(index.add(record).ok).toBe(true);
    const its = { index, view: new JournalView((seq) => bytes[seq]) };
    const back = why(its, ports, { kind: 'event', place: { seq: 2, i: 0 } });
    expect(places(back)).toEqual(['2/0', '2', '1/0', '1', '0/2', '0/1', '0/0', '0']);
    const on = effectsOf(its, ports, { kind: 'event', place: { seq: 1, i: null } });
    expect(places(on)).toEqual(['1', '1/0', '2/0']);
  });

  it('knows nothing of what the journal does not have', () => {
    for (const target of [
      { kind: 'state', reducer: 't/A@1', key: null },
      { kind: 'intent', intent: ZERO_HASH },
      { kind: 'event', place: { seq: 9, i: null } },
      { kind: 'instance', instance: { seq: 0, i: 99 } },
    ] as const) {
      expect(why(open(), ports, target)).toEqual({
        starts: [],
        nodes: [],
        isCut: false,
        missing: [],
      });
    }
  });

  it('names the records that are not kept, and says when it was cut', () => {
    const target: WhyTarget = { kind: 'event', place: { seq: 3, i: 0 } };
    expect(
      why(
        open((seq) => seq > 1),
        ports,
        target,
      ).missing,
    ).toEqual([1]);
    const cut = why(open(), ports, target, { maxNodes: 3 });
    expect(cut.isCut).toBe(true);
    expect(places(cut)).toEqual(['3/0', '2/2', '2/1']);
  });
});

describe('effects', () => {
  it('lead from the first event to the last change of the saga', () => {
    const provenance = effectsOf(open(), ports, { kind: 'event', place: { seq: 0, i: null } });
    expect(places(provenance)).toEqual(
      ['0', '0/0', '0/1', '0/2', '0/3', '1', '1/0', '1/1', '1/2', '1/3', '1/4', '1/5'].concat([
        '2',
        '2/0',
        '2/1',
        '2/2',
        '3/0',
      ]),
    );
  });

  it.each([{ lived: records }, { lived: encoded(governed) }])(
    'are the inverse of why',
    ({ lived }) => {
      const journal = open(() => true, lived);
      const all = lived.flatMap((_, seq) => [
        { seq, i: null },
        ...Array.from({ length: 6 }, (_, i) => ({ seq, i })),
      ]);
      for (const place of all) {
        const [node] = why(journal, ports, { kind: 'event', place }).nodes;
        for (const link of node?.links ?? []) {
          if (isOneWay(link)) continue;
          const on = effectsOf(journal, ports, { kind: 'event', place: link.place }).nodes[0];
          expect(on?.links).toContainEqual({ role: link.role, place });
        }
      }
    },
  );
});

describe('provenance as text', () => {
  it('has a line for each place, with its links', () => {
    const lines = printProvenance(why(open(), ports, { kind: 'intent', intent: A }), 'back');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^0\/2 {2}intent .*← cause 0\/0 {2}← decision 0\/1$/);
    expect(lines[1]).toContain(toHashText(A));
    expect(lines.at(-1)).toMatch(/^0 {4}input event {2}schema "t\/Order@1"/);
  });
});
