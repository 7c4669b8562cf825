/**
 * Rules that a journal breaks which somebody has written anew without the keys, or with one that
 * may not say so: no head is left in it, and every record follows from the one before.
 */
import { encode, sha256, type Value } from '@aos/canon';
import { KEYS } from '../golden/golden-keys.js';
import { changed, type Fields, fieldsOf } from '../golden/golden-worlds.js';
import type { Parts } from './journal-parts.js';
import {
  again,
  inputOf,
  linked,
  placeOf,
  relinked,
  type Touch,
  verbBy,
  withEntry,
  withField,
  withInput,
  withMore,
} from './touches.js';

const withGenesis =
  (change: (fields: Map<string, Value>) => void) =>
  ({ genesis, ...parts }: Parts) => {
    const other = changed(genesis, change);
    return { genesis: other, records: linked({ ...parts, genesis: other }, parts.records) };
  };

export const BROKEN_RULES: {
  readonly [what: string]: Touch<'border' | 'effects' | 'verbs'>;
} = {
  'a genesis of another format': {
    of: 'effects',
    touch: withGenesis((fields) => fields.set('format', 2)),
    ...{ runtime: 'genesis-format', other: 'genesis-format' },
  },
  'rules that are not written yet': {
    of: 'effects',
    touch: withGenesis((fields) => {
      const runtime = new Map(fields.get('runtime') as Fields).set('kernel', 2);
      fields.set('runtime', runtime as unknown as Value);
    }),
    ...{ runtime: 'runtime-unsupported', other: 'runtime-unsupported' },
  },
  'an upgrade to rules that are not written yet': {
    of: 'verbs',
    touch: relinked((p) => {
      const at = placeOf(p.records, 'control', 'runtime-upgrade');
      const args = new Map(inputOf(p.records[at]).get('args') as Fields).set('kernel', 2);
      return verbBy(p, at, KEYS.operator, args);
    }),
    ...{ runtime: 'runtime-unsupported', other: 'runtime-unsupported' },
  },
  'an epoch that is not greater': {
    of: 'verbs',
    touch: relinked((p) =>
      verbBy(p, placeOf(p.records, 'control', 'epoch'), KEYS.operator, new Map([['epoch', 0]])),
    ),
    ...{ runtime: 'epoch-not-greater', other: 'epoch-not-greater' },
  },
  'a verb under the name of another kind': {
    of: 'verbs',
    touch: relinked((p) =>
      withInput(p.records, placeOf(p.records, 'control', 'pause'), (i) =>
        i.set('kind', 'governance'),
      ),
    ),
    ...{ runtime: 'bundle-chain', other: 'verb-unknown' },
  },
  'an event in a world that was paused': {
    of: 'verbs',
    touch: relinked((p) => {
      const at = placeOf(p.records, 'control', 'pause');
      const stamp = fieldsOf(p.records[at] as Uint8Array).get('stamp') as Value;
      const event = p.records[placeOf(p.records, 'event')] as Uint8Array;
      return p.records.toSpliced(
        at + 1,
        0,
        changed(event, (r) => r.set('stamp', stamp)),
      );
    }),
    ...{ runtime: 'world-paused', other: 'world-closed' },
  },
  'work that a pause does': {
    of: 'verbs',
    touch: relinked((p) =>
      withMore(p.records, placeOf(p.records, 'control', 'pause'), {
        ...{ kind: 'dropped', cause: null, code: 'receipt-late' },
      }),
    ),
    ...{ runtime: 'replay-extra', other: 'entry-different' },
  },
  'another key than was added': {
    of: 'verbs',
    touch: relinked((p) => withEntry(p.records, placeOf(p.records, 'keyring'), 'key_id')),
    ...{ runtime: 'replay-different', other: 'entry-different' },
  },
  'an intent that asks for something else': {
    of: 'effects',
    touch: relinked((p) => {
      const at = p.records.findIndex((record) => Buffer.from(record).includes('idempotency_key'));
      return withField(p.records, at, 'intent', ['params', encode(7)]);
    }),
    ...{ runtime: 'replay-different', other: 'intent-different' },
  },
  'a receipt that settles otherwise': {
    of: 'effects',
    touch: relinked((p) => {
      const at = placeOf(p.records, 'receipt');
      return withField(p.records, at, 'settled', ['status', 'cancelled']);
    }),
    ...{ runtime: 'replay-different', other: 'entry-different' },
  },
  'a receipt twice': {
    of: 'effects',
    touch: relinked((p) => again(p.records, placeOf(p.records, 'receipt'))),
    ...{ runtime: 'receipt-duplicate', other: 'receipt-unknown' },
  },
  'a stream frame twice': {
    of: 'effects',
    touch: relinked((p) => again(p.records, placeOf(p.records, 'stream-frame'))),
    ...{ runtime: 'frame-duplicate', other: 'frame-gap' },
  },
  'a change of the definition that nobody has asked for': {
    of: 'border',
    touch: relinked((p) => {
      const entry = { kind: 'governance-changed', cause: null, principal: 'ana', proposal: 9 };
      const hash = sha256(p.genesis);
      return withMore(p.records, p.records.length - 1, { ...entry, change: 'applied', hash });
    }),
    ...{ runtime: 'replay-extra', other: 'entry-different' },
  },
};
