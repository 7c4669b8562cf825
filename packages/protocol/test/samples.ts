/** One sample of each shape, the subjects of the golden vectors. */
import { encode, sha256, utf8 } from '@aos/canon';
import {
  CURRENT_RUNTIME,
  type Entry,
  type EntryKind,
  GENESIS_FORMAT,
  type Genesis,
  type JournalRecord,
} from '@aos/protocol';

const publicKey = new Uint8Array(32).fill(7);
const inline = encode(new Map([['Start', new Map([['target', 3]])]]));

export const genesis: Genesis = {
  format: GENESIS_FORMAT,
  manifest: sha256(utf8('manifest')),
  runtime: CURRENT_RUNTIME,
  keyring: [{ keyId: sha256(publicKey), publicKey, name: 'operator', roles: ['operator'] }],
  createdNs: 1_700_000_000_000_000_000n,
  nonce: new Uint8Array(16).fill(9),
};

export const entries: { readonly [kind in EntryKind]: Entry } = {
  'domain-event': {
    kind: 'domain-event',
    cause: null,
    schema: 'demo/Done@1',
    value: { inline },
    key: new Uint8Array([1, 2]),
  },
  'reducer-fault': {
    kind: 'reducer-fault',
    cause: 0,
    reducer: 'demo/CounterSM@1',
    key: null,
    code: 'module-trap',
    fuel: 0,
  },
  'state-changed': {
    kind: 'state-changed',
    cause: 0,
    reducer: 'demo/CounterSM@1',
    key: null,
    before: null,
    after: sha256(utf8('after')),
  },
};

export const record: JournalRecord = {
  seq: 5,
  fuel: 0,
  prev: sha256(utf8('prev')),
  input: { kind: 'event', schema: 'demo/CounterEvent@1', value: { inline } },
  stamp: {
    nowNs: 1_700_000_000_000_000_001n,
    logicalNowNs: 42n,
    entropy: new Uint8Array(32).fill(3),
  },
  entries: [entries['domain-event'], entries['state-changed'], entries['reducer-fault']],
};

export const largeRecord: JournalRecord = {
  ...record,
  input: { kind: 'event', schema: 'demo/Large@1', value: { ref: sha256(utf8('large')) } },
  entries: [],
};
