/**
 * Journals that somebody has touched, as bundles whose last hash is right: the runtime finds each,
 * and so does the verifier in `tooling/`, which shares no code with it. Both begin with golden
 * journals: `effects` has receipts, frames and rulings of people, `border` forks and proposals,
 * `verbs` what operators say.
 */
import { type Encodable, encode, sha256, type Value } from '@aos/canon';
import { RECEIPT_DOMAIN, signedMessage } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { EVOLVING } from '../golden/evolving-scenarios.js';
import { KEEPERS, KEYS, signWith } from '../golden/golden-keys.js';
import { changed, type Fields } from '../golden/golden-worlds.js';
import { journalNames, journalOf, openJournal } from '../golden/journal-file.js';
import { Recorder } from '../golden/recorder.js';
import { BROKEN_RULES } from './broken-rules.js';
import {
  bare,
  chained,
  engineOf,
  isHashOf,
  judge,
  keep,
  type Parts,
  partsOf,
  read,
} from './journal-parts.js';
import {
  edited,
  flipped,
  linked,
  placeOf,
  type Records,
  receiptBy,
  records,
  relinked,
  reordered,
  type Touch,
  verbBy,
  withEntry,
  withInput,
} from './touches.js';

const whole = { effects: partsOf('effects'), border: partsOf('border'), verbs: partsOf('verbs') };
type Name = keyof typeof whole;
const last = 'head-different';
const AT = 4;

const TOUCHED: { readonly [what: string]: Touch<Name> } = {
  'an edited record': {
    of: 'effects',
    touch: records((p) => edited(p.records, AT, (r) => r.set('fuel', 1))),
    ...{ runtime: 'bundle-chain', other: 'record-chain' },
  },
  'an edited record, and followers that follow': {
    of: 'border',
    touch: relinked((p) => withEntry(p.records, 17, 'after')),
    ...{ runtime: 'replay-different', other: last },
  },
  'a record less': {
    of: 'effects',
    touch: records((p) => p.records.toSpliced(AT, 1)),
    ...{ runtime: 'bundle-chain', other: 'record-sequence' },
  },
  'a record less, and followers that follow': {
    of: 'border',
    touch: relinked((p) => p.records.toSpliced(17, 1)),
    ...{ runtime: 'bundle-head', other: 'head-missing' },
  },
  'records in another order': {
    of: 'effects',
    touch: records((p) => reordered(p.records, AT)),
    ...{ runtime: 'bundle-chain', other: 'record-sequence' },
  },
  'records in another order that follow each other': {
    of: 'border',
    touch: relinked((p) => reordered(p.records, 17)),
    ...{ runtime: 'time-backwards', other: 'record-time' },
  },
  'a record twice': {
    of: 'effects',
    touch: records((p) => p.records.toSpliced(AT, 0, p.records[AT] as Uint8Array)),
    ...{ runtime: 'bundle-chain', other: 'record-sequence' },
  },
  'a verb twice, and followers that follow': {
    of: 'border',
    touch: relinked((p) => p.records.toSpliced(20, 0, p.records[19] as Uint8Array)),
    ...{ runtime: 'verb-replayed', other: 'verb-replayed' },
  },
  'a forged signature of a receipt': {
    of: 'effects',
    touch: relinked((p) =>
      withInput(p.records, placeOf(p.records, 'receipt'), (i) =>
        i.set('sig', flipped(i.get('sig'))),
      ),
    ),
    ...{ runtime: 'signature-invalid', other: 'signature-invalid' },
  },
  'a receipt that nobody has signed': {
    of: 'effects',
    touch: relinked((p) =>
      withInput(p.records, placeOf(p.records, 'receipt'), (input) => input.delete('sig')),
    ),
    ...{ runtime: 'bundle-chain', other: 'signature-invalid' },
  },
  'a receipt by a key that may not': {
    of: 'effects',
    touch: relinked((p) => receiptBy(p.records, placeOf(p.records, 'receipt'), KEYS.ana)),
    ...{ runtime: 'receipt-key', other: 'signature-invalid' },
  },
  'a receipt that says something else': {
    of: 'effects',
    touch: relinked((p) =>
      withInput(p.records, placeOf(p.records, 'receipt'), (input) => {
        const body = new Map(input.get('receipt') as Fields).set('status', 'error');
        input.set('receipt', body as unknown as Value);
      }),
    ),
    ...{ runtime: 'signature-invalid', other: 'signature-invalid' },
  },
  'another answer than its receipt is of': {
    of: 'effects',
    touch: relinked((p) =>
      withInput(p.records, placeOf(p.records, 'receipt'), (i) => i.set('payload', encode('x'))),
    ),
    ...{ runtime: 'receipt-payload-hash', other: 'receipt-payload' },
  },
  'a forged signature of a stream frame': {
    of: 'effects',
    touch: relinked((p) =>
      withInput(p.records, placeOf(p.records, 'stream-frame'), (i) =>
        i.set('sig', flipped(i.get('sig'))),
      ),
    ),
    ...{ runtime: 'signature-invalid', other: 'signature-invalid' },
  },
  'a ruling on an intent by a key that may not': {
    of: 'effects',
    touch: relinked((p) =>
      verbBy(p, placeOf(p.records, 'governance', 'approve-intent'), KEYS.operator),
    ),
    ...{ runtime: 'approval-role', other: 'signature-invalid' },
  },
  'an approval that is forged': {
    of: 'border',
    touch: relinked((p) =>
      withInput(p.records, placeOf(p.records, 'governance', 'approve'), (i) =>
        i.set('sig', flipped(i.get('sig'))),
      ),
    ),
    ...{ runtime: 'bundle-genesis', other: 'signature-invalid' },
  },
  'an approval of another shadow': {
    of: 'border',
    touch: relinked((p) =>
      withInput(p.records, placeOf(p.records, 'governance', 'approve'), (input) => {
        const args = new Map(input.get('args') as Fields);
        args.set('shadow_hash', flipped(args.get('shadow_hash')));
        input.set('args', args as unknown as Value);
      }),
    ),
    ...{ runtime: 'bundle-genesis', other: 'signature-invalid' },
  },
  'a snapshot of another mode': {
    of: 'border',
    touch: ({ objects, snapshot, ...parts }) => {
      if (snapshot === null) throw new Error('a whole journal has a snapshot');
      const taken = objects.find((each) => isHashOf(each, snapshot.hash)) as Uint8Array;
      const other = changed(taken, (fields) => fields.set('mode', 'draining'));
      const { objects: reached } = bare({ ...parts, objects, snapshot: null, records: [taken] });
      const named = bare({ ...parts, objects, snapshot: null }).objects;
      const all = [other, ...new Set([...reached, ...named])];
      return { objects: all, snapshot: { seq: snapshot.seq, hash: sha256(other) } };
    },
    ...{ runtime: 'snapshot-different', other: last },
  },
  'an object that was exchanged': {
    of: 'border',
    touch: ({ objects }) => {
      const at = objects.findIndex((each) => Buffer.from(each).includes('defpolicy'));
      return { objects: objects.with(at, flipped(objects[at] as Uint8Array)) };
    },
    ...{ runtime: 'definition-missing', other: 'object-missing' },
  },
  'an object less': {
    of: 'border',
    touch: ({ objects }) => {
      const at = objects.findIndex((each) => Buffer.from(each).includes('defpolicy'));
      return { objects: objects.toSpliced(at, 1) };
    },
    ...{ runtime: 'definition-missing', other: 'object-missing' },
  },
  'a head by a key that may not': {
    of: 'border',
    touch: () => partsOf('border', KEYS.operator),
    ...{ runtime: 'head-different', other: 'signature-invalid' },
  },
  'a genesis of another world': {
    of: 'effects',
    touch: () => ({ genesis: whole.border.genesis }),
    ...{ runtime: 'bundle-chain', other: 'record-chain' },
  },
  'a genesis that knows one key more': {
    of: 'effects',
    touch: ({ genesis, ...parts }) => {
      const { secret: _, publicKey, keyId, ...named } = KEYS.guest;
      const key = new Map(Object.entries({ ...named, public: publicKey, key_id: keyId }));
      const other = changed(genesis, (fields) => {
        fields.set('keyring', [...(fields.get('keyring') as Value[]), key as unknown as Value]);
      });
      return { genesis: other, records: linked({ ...parts, genesis: other }, parts.records) };
    },
    ...{ runtime: 'replay-different', other: 'receipt-world' },
  },
  'a fork that begins somewhere else': {
    of: 'border',
    touch: ({ forks }) => ({
      forks: new Map([...forks].map(([seq, genesis], i) => [i === 0 ? seq - 1 : seq, genesis])),
    }),
    ...{ runtime: 'bundle-genesis', other: 'bundle-genesis' },
  },
  'a fork of a fork without the one between': {
    of: 'border',
    touch: ({ forks }) => ({ forks: new Map([...forks].slice(1)) }),
    ...{ runtime: 'bundle-chain', other: 'record-chain' },
  },
  'a fork that knows one key less': {
    of: 'border',
    touch: (parts) => {
      const [seq, genesis] = [...parts.forks].at(-1) ?? [0, new Uint8Array(0)];
      const other = changed(genesis, (fields) => {
        fields.set('keyring', (fields.get('keyring') as Value[]).slice(0, -1));
      });
      const forks = new Map([...parts.forks, [seq, other]]);
      return { forks, records: linked({ ...parts, forks }, parts.records) };
    },
    ...{ runtime: 'fork-mismatch', other: 'fork-mismatch' },
  },
};

describe('a journal that nobody has touched', () => {
  it.each(journalNames())('is found whole by both: %s', async (name) => {
    const parts = partsOf(name);
    const kept = name in EVOLVING ? keep(parts) : undefined;
    expect(await judge(name, parts, kept)).toEqual({ runtime: 'ok', other: 'ok' });
  });
});

describe('a journal that does not come to a head that was kept', () => {
  const kept = keep(whole.border);

  it('is found without its end, which nobody else can tell', async () => {
    const cut = partsOf('border', KEEPERS.host, read('border', 19));
    expect(await judge('border', cut)).toEqual({ runtime: 'ok', other: 'ok' });
    const missing = { runtime: 'head-missing', other: 'head-missing' };
    expect(await judge('border', cut, kept)).toEqual(missing);
  });

  it('is found when all of it was written anew, by the same keys', async () => {
    const { genesis, definition } = openJournal(read('border'));
    const engine = engineOf('border');
    const recorder = new Recorder({ name: 'rewritten', genesis, definition, engine });
    EVOLVING.evolution?.run(recorder);
    const rewritten = partsOf('border', KEEPERS.host, journalOf('', recorder));
    expect(await judge('border', rewritten)).toEqual({ runtime: 'ok', other: 'ok' });
    const different = { runtime: 'head-different', other: 'head-different' };
    expect(await judge('border', rewritten, kept)).toEqual(different);
  });

  it('is found as a world that the head is not of', async () => {
    const different = { runtime: 'head-different', other: 'head-different' };
    expect(await judge('evolution', partsOf('evolution'), kept)).toEqual(different);
  });

  it('is found where the head itself was forged', async () => {
    const forged = { ...kept, merkleRoot: kept.chain };
    const different = { runtime: 'head-different', other: 'head-different' };
    expect(await judge('border', whole.border, forged)).toEqual(different);
  });
});

describe('a journal that was touched', () => {
  const touches = ['another answer', 'an epoch that has not begun'];
  it.each(touches)('shows without running %s', async (what) => {
    const parts = whole.effects;
    const touched = withInput(parts.records, placeOf(parts.records, 'receipt'), (input) => {
      if (what === 'another answer') input.set('payload', encode('x'));
      else {
        const body = new Map(input.get('receipt') as Fields).set('epoch', 7);
        const message = signedMessage(RECEIPT_DOMAIN, encode(body as Encodable));
        input.set('receipt', body as unknown as Value).set('key_id', KEYS.adapter.keyId);
        input.set('sig', signWith(KEYS.adapter, message));
      }
    });
    const forged = { ...parts, records: linked(parts, touched) };
    const verdict = await judge('effects', forged, keep(parts));
    expect(verdict.runtime).toBe('signature-invalid');
  });

  it.each(Object.entries(TOUCHED))('is found with %s', async (_, { of, touch, ...expected }) => {
    const parts = { ...whole[of], ...touch(whole[of]) };
    expect(await judge(of, parts)).toEqual(expected);
  });

  it('is whole without its snapshot, as long as nobody has touched it', async () => {
    for (const [name, parts] of Object.entries(whole)) {
      expect(await judge(name, bare(parts)), name).toEqual({ runtime: 'ok', other: 'ok' });
    }
  });

  it('is found by a chain that nothing was run of', async () => {
    const { border, verbs } = whole;
    const said = verbs.records;
    const [pause, added, epoch] = [
      placeOf(said, 'control', 'pause'),
      placeOf(said, 'keyring', 'keyring-add'),
      placeOf(said, 'control', 'epoch'),
    ];
    const again = said.toSpliced(added, 0, said[added] as Uint8Array);
    const [first = 0] = border.forks.keys();
    const forgeries: readonly (readonly [code: string, of: Parts, Records])[] = [
      ['ok', verbs, said],
      ['verb-replayed', verbs, again],
      ['signature-invalid', verbs, verbBy(verbs, pause, KEYS.adapter)],
      ['epoch-not-greater', verbs, verbBy(verbs, epoch, KEYS.operator, new Map([['epoch', 0]]))],
      ['time-backwards', verbs, reordered(said, 6)],
      ['fork-epoch-first', border, border.records.toSpliced(first, 1).slice(0, first + 1)],
    ];
    for (const [code, parts, records] of forgeries) {
      const forks = new Map([...parts.forks].filter(([seq]) => seq <= first || code === 'ok'));
      const forged = { ...parts, forks, records: linked({ ...parts, forks }, records) };
      expect(await chained(bare(forged)), code).toBe(code);
    }
  });

  it.each(Object.entries(BROKEN_RULES))(
    'is found without a head, with %s',
    async (_, { of, touch, ...expected }) => {
      const parts = bare({ ...whole[of], ...touch(whole[of]) });
      expect(await judge(of, parts)).toEqual(expected);
    },
  );
});
