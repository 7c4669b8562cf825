/** Generators of every shape that a record can hold. */
import { asHash, type Hash, type Value } from '@aos/canon';
import {
  type CarriedValue,
  type Cause,
  CURRENT_RUNTIME,
  type Entry,
  GENESIS_FORMAT,
  type Genesis,
  type Input,
  type JournalRecord,
  type KeyRole,
  type KeyringEntry,
  keyIdOf,
  type Origin,
  type RuntimeNumbers,
  VERBS,
  type Verb,
  type VerbKind,
  verbArgs,
} from '@aos/protocol';
import fc from 'fast-check';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hash: fc.Arbitrary<Hash> = bytes(32).map(asHash);
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const nat = fc.maxSafeNat();
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const some = fc.uint8Array({ maxLength: 40 });
const orNil = <T>(each: fc.Arbitrary<T>) => fc.option(each);
const value: fc.Arbitrary<CarriedValue> = fc.oneof(
  some.map((inline) => ({ inline })),
  hash.map((ref) => ({ ref })),
);
const instance = fc.record({ seq: nat, i: nat });
const cause: fc.Arbitrary<Cause> = fc.oneof(
  orNil(fc.nat(300)),
  fc.record({ seq: nat, i: orNil(nat) }),
);
const cell = { reducer: text, key: orNil(some) };
const origin: fc.Arbitrary<Origin> = fc.oneof(
  fc.record(cell),
  fc.record({ plan: text, instance, step: text }),
);
const status = fc.constantFrom('ok', 'error', 'timeout', 'cancelled');

type Fields<T> = { [name in keyof T]-?: fc.Arbitrary<Exclude<T[name], undefined>> };
type Of<Kind, Union> = Extract<Union, { readonly kind: Kind }>;

/** A shape with and without each of its optional fields. */
function shape<T>(fields: Fields<T>, ...optional: readonly (keyof T)[]): fc.Arbitrary<T> {
  const names = Object.keys(fields) as (keyof T)[];
  const requiredKeys = names.filter((name) => !optional.includes(name));
  return fc.record(fields, { requiredKeys }) as unknown as fc.Arbitrary<T>;
}

function entry<Kind extends Entry['kind']>(
  kind: Kind,
  fields: Omit<Fields<Of<Kind, Entry>>, 'kind' | 'cause'>,
  ...optional: readonly (keyof Of<Kind, Entry>)[]
): fc.Arbitrary<Of<Kind, Entry>> {
  const all = { kind: fc.constant(kind), cause, ...fields } as unknown as Fields<Of<Kind, Entry>>;
  return shape(all, ...optional);
}

const entries: { readonly [Kind in Entry['kind']]: fc.Arbitrary<Of<Kind, Entry>> } = {
  'state-changed': entry(
    'state-changed',
    { ...cell, before: orNil(hash), after: orNil(hash), ann: hash },
    'ann',
  ),
  'reducer-fault': entry('reducer-fault', { ...cell, code: text, fuel: nat }),
  'domain-event': entry('domain-event', { schema: text, value, key: some }, 'key'),
  decision: entry('decision', {
    intent: hash,
    effect: text,
    cap: text,
    grantHash: orNil(hash),
    policy: orNil(text),
    rule: orNil(nat),
    outcome: fc.constantFrom('allow', 'deny', 'wait'),
    code: orNil(text),
  }),
  intent: entry(
    'intent',
    {
      intent: hash,
      effect: text,
      cap: text,
      params: value,
      idempotencyKey: bytes(32),
      origin,
      attempt: nat,
      deadlineNs: u64,
    },
    'deadlineNs',
  ),
  'approval-requested': entry(
    'approval-requested',
    { intent: hash, role: text, count: nat, of: fc.array(text), expiresNs: u64 },
    'of',
    'expiresNs',
  ),
  settled: entry(
    'settled',
    { intent: hash, status, code: orNil(text), payload: value, internal: fc.constant(true) },
    'payload',
    'internal',
  ),
  'plan-started': entry(
    'plan-started',
    { plan: text, input: value, parent: orNil(instance), correlation: some },
    'correlation',
  ),
  'plan-step': entry('plan-step', {
    instance,
    step: text,
    outcome: fc.constantFrom('done', 'skipped', 'waiting', 'failed'),
    code: orNil(text),
  }),
  'plan-result': entry('plan-result', { instance, schema: text, value }),
  'plan-ended': entry('plan-ended', {
    instance,
    status: fc.constantFrom('ok', 'error', 'cancelled'),
    code: orNil(text),
  }),
  'keyring-changed': entry('keyring-changed', {
    verb: fc.constantFrom('add', 'revoke'),
    keyId: hash,
  }),
  'governance-changed': entry('governance-changed', {
    proposal: nat,
    change: fc.constantFrom('proposed', 'shadowed', 'voided', 'approval', 'approved', 'applied'),
    principal: text,
    hash,
  }),
  dropped: entry('dropped', { code: text, intent: hash }, 'intent'),
};

const roles = fc.uniqueArray(fc.constantFrom<KeyRole>('adapter', 'approver', 'host', 'operator'));
const runtime: fc.Arbitrary<RuntimeNumbers> = fc.record({
  kernel: nat,
  abi: nat,
  guard: nat.map((guard) => Math.max(1, guard)),
  prices: nat,
  limits: fc.record(
    Object.fromEntries(Object.keys(CURRENT_RUNTIME.limits).map((name) => [name, nat])),
  ) as unknown as fc.Arbitrary<RuntimeNumbers['limits']>,
});

const named = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 9 });
const verb = <Name extends Verb['verb']>(name: Name) => fc.constant(name);

const proposalRef = { proposal: nat, base: hash, patchHash: hash };

export const verbs: fc.Arbitrary<Verb> = fc.oneof(
  fc.record({ verb: fc.constantFrom('pause', 'resume', 'drain') }),
  fc.record({
    verb: verb('halt'),
    code: fc.stringMatching(/^[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,4}$/),
  }),
  fc.record({ verb: verb('epoch'), epoch: nat }),
  fc.record({ verb: verb('runtime-upgrade'), runtime }),
  fc.record({ verb: verb('keyring-add'), publicKey: bytes(32), name: named, roles }),
  fc.record({ verb: verb('keyring-revoke'), keyId: hash }),
  shape<Extract<Verb, { readonly verb: 'approve-intent' }>>(
    {
      verb: verb('approve-intent'),
      intentHash: hash,
      decision: fc.constantFrom('approve', 'reject'),
      expiresNs: u64,
    },
    'expiresNs',
  ),
  shape<Extract<Verb, { readonly verb: 'propose' }>>(
    {
      verb: verb('propose'),
      base: hash,
      patchHash: hash,
      description: fc.string({ unit: 'grapheme', maxLength: 40 }),
      intent: hash,
    },
    'intent',
  ),
  fc.record({ verb: verb('shadowed'), ...proposalRef, shadowHash: hash, atSeq: nat }),
  shape<Extract<Verb, { readonly verb: 'approve' }>>(
    { verb: verb('approve'), ...proposalRef, shadowHash: hash, expiresNs: u64 },
    'expiresNs',
  ),
  fc.record({ verb: verb('reject'), ...proposalRef }),
  fc.record({ verb: fc.constantFrom('withdraw', 'apply'), proposal: nat }),
);

const signature = { keyId: hash, sig: bytes(64) };
const signedVerb = fc
  .tuple(verbs, fc.record({ ...signature, nonce: bytes(16) }))
  .map(([each, rest]) => {
    const kinds = Object.keys(VERBS) as VerbKind[];
    const kind = kinds.find((name) => (VERBS[name] as readonly string[]).includes(each.verb));
    return { kind, verb: each.verb, args: verbArgs(each), ...rest } as Input;
  });

const answer = {
  worldId: hash,
  epoch: nat,
  intentHash: hash,
  attempt: nat,
  adapterId: text,
  payloadHash: hash,
};

const inputs: fc.Arbitrary<Input> = fc.oneof(
  shape<Of<'event', Input>>(
    { kind: fc.constant('event'), schema: text, value, key: some, source: text, dedup: text },
    'key',
    'source',
    'dedup',
  ),
  fc.record({
    kind: fc.constant('receipt' as const),
    receipt: shape<Of<'receipt', Input>['receipt']>(
      { ...answer, status, costCents: u64 },
      'costCents',
    ),
    payload: value,
    ...signature,
  }),
  fc.record({
    kind: fc.constant('stream-frame' as const),
    frame: fc.record({ ...answer, index: nat }),
    payload: value,
    ...signature,
  }),
  signedVerb,
  fc.constantFrom<Input>({ kind: 'tick' }, { kind: 'continue' }),
);

export const records: fc.Arbitrary<JournalRecord> = shape<JournalRecord>(
  {
    seq: nat,
    fuel: nat,
    prev: hash,
    input: inputs,
    stamp: fc.record({ nowNs: u64, logicalNowNs: u64, entropy: bytes(32) }),
    entries: fc.array(fc.oneof(...Object.values(entries)), { maxLength: 5 }),
    wakeAtNs: u64,
  },
  'wakeAtNs',
);

const key: fc.Arbitrary<KeyringEntry> = fc
  .record({ publicKey: bytes(32), name: named, roles })
  .map((each) => ({ ...each, keyId: keyIdOf(each.publicKey) }));

export const geneses: fc.Arbitrary<Genesis> = shape<Genesis>(
  {
    format: fc.constant(GENESIS_FORMAT),
    parent: fc.record({ worldId: hash, seq: nat, chain: hash }),
    manifest: hash,
    runtime,
    keyring: fc.array(key, { maxLength: 3 }),
    createdNs: u64,
    nonce: bytes(16),
  },
  'parent',
);

/** What stands in for any field of any shape when shapes are bent. */
export const anything: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Value>(null, true, false, '', 'kind', -1, 0, 2n ** 64n - 1n),
    text,
    nat,
    some,
    bytes(32),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 3 }).map((each) => new Map(each)),
  ),
})).value;
