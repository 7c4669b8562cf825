/** One sample of each shape, the subjects of the golden vectors; each has all its fields. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { encode, type Hash, sha256, utf8 } from '@aos/canon';
import {
  CURRENT_RUNTIME,
  type EffectPlace,
  type Entry,
  type EntryKind,
  encodeReceiptBody,
  encodeSignedVerb,
  encodeStreamFrame,
  GENESIS_FORMAT,
  type Genesis,
  type Input,
  type InputKind,
  type JournalRecord,
  keyIdOf,
  RECEIPT_DOMAIN,
  type ReceiptBody,
  type SignedVerb,
  STREAM_FRAME_DOMAIN,
  type StreamFrame,
  signedMessage,
  type TreeEntry,
  type Verb,
  verbArgs,
  verbDomain,
} from '@aos/protocol';

/** The key that signs: its seed is 32 times 7. */
const privateKey = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]),
  format: 'der',
  type: 'pkcs8',
});
export const signingKey = createPublicKey(privateKey);
const publicKey = new Uint8Array(signingKey.export({ format: 'der', type: 'spki' }).subarray(-32));
const keyId = keyIdOf(publicKey);

function signBytes(message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, privateKey));
}

const hashed = (text: string): Hash => sha256(utf8(text));
const inline = encode(new Map([['Start', new Map([['target', 3]])]]));
const worldId = hashed('world');

export const genesis: Genesis = {
  format: GENESIS_FORMAT,
  manifest: hashed('manifest'),
  runtime: CURRENT_RUNTIME,
  keyring: [{ keyId, publicKey, name: 'operator', roles: ['operator'] }],
  createdNs: 1_700_000_000_000_000_000n,
  nonce: new Uint8Array(16).fill(9),
};

export const forkedGenesis: Genesis = {
  ...genesis,
  parent: { worldId, seq: 41, chain: hashed('chain') },
};

const payload = encode(new Map([['code', 'http-refused']]));

export const receiptBody: ReceiptBody = {
  worldId,
  epoch: 1,
  intentHash: hashed('intent'),
  attempt: 2,
  adapterId: 'http',
  status: 'error',
  payloadHash: sha256(payload),
  costCents: 3n,
};

export const streamFrame: StreamFrame = {
  worldId,
  epoch: 1,
  intentHash: hashed('intent'),
  attempt: 1,
  adapterId: 'llm',
  index: 4,
  payloadHash: sha256(payload),
};

function signedVerb(verb: Verb): SignedVerb {
  const nonce = new Uint8Array(16).fill(5);
  return { worldId, epoch: 1, verb: verb.verb, args: verbArgs(verb), nonce };
}

const proposalRef = { proposal: 3, base: hashed('manifest'), patchHash: hashed('patch') };

/** What each verb says, in the order of the specification. */
export const verbs: readonly Verb[] = [
  { verb: 'pause' },
  { verb: 'resume' },
  { verb: 'drain' },
  { verb: 'halt', code: 'operator-stop' },
  { verb: 'epoch', epoch: 2 },
  { verb: 'runtime-upgrade', runtime: CURRENT_RUNTIME },
  { verb: 'keyring-add', publicKey, name: 'house', roles: ['host', 'adapter'] },
  { verb: 'keyring-revoke', keyId },
  { verb: 'approve-intent', intentHash: hashed('intent'), decision: 'approve', expiresNs: 9n },
  {
    verb: 'propose',
    base: hashed('manifest'),
    patchHash: hashed('patch'),
    description: 'count by two',
  },
  { verb: 'shadowed', ...proposalRef, shadowHash: hashed('report'), atSeq: 12 },
  { verb: 'approve', ...proposalRef, shadowHash: hashed('report'), expiresNs: 9n },
  { verb: 'reject', ...proposalRef },
  { verb: 'withdraw', proposal: 3 },
  { verb: 'apply', proposal: 3 },
];
export const signedVerbs: readonly SignedVerb[] = verbs.map(signedVerb);

function verbFields(name: Verb['verb']) {
  const signed = signedVerbs.find(({ verb }) => verb === name) as SignedVerb;
  const sig = signBytes(signedMessage(verbDomain(signed.verb), encodeSignedVerb(signed)));
  return { args: signed.args, nonce: signed.nonce, keyId, sig };
}

export const inputs: { readonly [kind in InputKind]: Input } = {
  event: {
    kind: 'event',
    schema: 'demo/CounterEvent@1',
    value: { inline },
    key: encode('lamp'),
    source: 'door',
    dedup: 'message 12',
  },
  receipt: {
    kind: 'receipt',
    receipt: receiptBody,
    payload: { inline: payload },
    keyId,
    sig: signBytes(signedMessage(RECEIPT_DOMAIN, encodeReceiptBody(receiptBody))),
  },
  'stream-frame': {
    kind: 'stream-frame',
    frame: streamFrame,
    payload: { ref: sha256(payload) },
    keyId,
    sig: signBytes(signedMessage(STREAM_FRAME_DOMAIN, encodeStreamFrame(streamFrame))),
  },
  control: { kind: 'control', verb: 'epoch', ...verbFields('epoch') },
  keyring: { kind: 'keyring', verb: 'keyring-add', ...verbFields('keyring-add') },
  governance: { kind: 'governance', verb: 'approve-intent', ...verbFields('approve-intent') },
  tick: { kind: 'tick' },
  continue: { kind: 'continue' },
};

const instance = { seq: 12, i: 3 };

export const effectPlaces: { readonly [name: string]: EffectPlace } = {
  'idempotency-key-reducer': {
    worldId,
    epoch: 1,
    origin: { reducer: 'demo/CounterSM@1', key: encode('lamp') },
    index: 2,
    seq: 14,
    attempt: 1,
  },
  'idempotency-key-plan': {
    worldId,
    epoch: 1,
    origin: { plan: 'demo/greet@1', instance, step: 'ask' },
    index: 0,
    seq: 14,
    attempt: 2,
  },
};

export const entries: { readonly [kind in EntryKind]: Entry } = {
  'domain-event': {
    kind: 'domain-event',
    cause: null,
    schema: 'demo/Done@1',
    value: { inline },
    key: new Uint8Array([1, 2]),
  },
  'state-changed': {
    kind: 'state-changed',
    cause: { seq: 4, i: null },
    reducer: 'demo/CounterSM@1',
    key: encode('lamp'),
    before: null,
    after: hashed('after'),
    ann: hashed('annotation'),
  },
  'reducer-fault': {
    kind: 'reducer-fault',
    cause: 0,
    reducer: 'demo/CounterSM@1',
    key: null,
    code: 'module-trap',
    fuel: 0,
  },
  decision: {
    kind: 'decision',
    cause: { seq: 12, i: 3 },
    intent: hashed('intent'),
    effect: 'http.request',
    cap: 'web',
    grantHash: hashed('grant'),
    policy: 'demo/policy@1',
    rule: 2,
    outcome: 'deny',
    code: 'policy-denied',
  },
  intent: {
    kind: 'intent',
    cause: 1,
    intent: hashed('intent'),
    effect: 'http.request',
    cap: 'web',
    params: { inline },
    idempotencyKey: hashed('key'),
    origin: { plan: 'demo/greet@1', instance, step: 'ask' },
    attempt: 1,
    deadlineNs: 60_000_000_000n,
  },
  'approval-requested': {
    kind: 'approval-requested',
    cause: 2,
    intent: hashed('intent'),
    role: 'approver',
    count: 2,
    of: ['ada', 'grace', 'barbara'],
    expiresNs: 3_600_000_000_000n,
  },
  settled: {
    kind: 'settled',
    cause: null,
    intent: hashed('intent'),
    status: 'timeout',
    code: 'deadline-passed',
    payload: { inline: payload },
    internal: true,
  },
  'plan-started': {
    kind: 'plan-started',
    cause: 0,
    plan: 'demo/greet@1',
    input: { inline },
    parent: { seq: 11, i: 0 },
    correlation: encode('order 7'),
  },
  'plan-step': {
    kind: 'plan-step',
    cause: 1,
    instance,
    step: 'ask',
    outcome: 'failed',
    code: 'effect-denied',
  },
  'plan-result': {
    kind: 'plan-result',
    cause: 2,
    instance,
    schema: 'demo/Greeting@1',
    value: { inline },
  },
  'plan-ended': { kind: 'plan-ended', cause: 3, instance, status: 'error', code: 'effect-failed' },
  'governance-changed': {
    kind: 'governance-changed',
    cause: null,
    proposal: 3,
    change: 'approved',
    principal: 'ana',
    hash: hashed('report'),
  },
  'keyring-changed': { kind: 'keyring-changed', cause: null, verb: 'revoke', keyId },
  dropped: { kind: 'dropped', cause: null, code: 'receipt-late', intent: hashed('intent') },
};

export const record: JournalRecord = {
  seq: 5,
  fuel: 0,
  prev: hashed('prev'),
  input: { kind: 'event', schema: 'demo/CounterEvent@1', value: { inline } },
  stamp: {
    nowNs: 1_700_000_000_000_000_001n,
    logicalNowNs: 42n,
    entropy: new Uint8Array(32).fill(3),
  },
  entries: [
    entries['domain-event'],
    {
      kind: 'state-changed',
      cause: 0,
      reducer: 'demo/CounterSM@1',
      key: null,
      before: null,
      after: hashed('after'),
    },
    entries['reducer-fault'],
  ],
};

/** Every input and every entry once, each input with all entries, and something waits for time. */
export const fullRecords: readonly JournalRecord[] = Object.values(inputs).map((input) => ({
  ...record,
  input,
  entries: Object.values(entries),
  wakeAtNs: 60_000_000_042n,
}));

export const largeRecord: JournalRecord = {
  ...record,
  input: { kind: 'event', schema: 'demo/Large@1', value: { ref: hashed('large') } },
  entries: [],
};

/** A directory with an entry of each kind, in the order of the bytes of their names. */
export const tree: readonly TreeEntry[] = [
  { kind: 'file', name: 'README.md', hash: hashed('read'), sizeBytes: 4, isExecutable: false },
  { kind: 'file', name: 'run', hash: hashed('run'), sizeBytes: 70_000, isExecutable: true },
  { kind: 'directory', name: 'skills', hash: hashed('skills') },
];
