/** Contexts of modules, capability checks, secrets, objects and introspection. */
import type { TypeFields } from '../forms/type-expr.js';
import {
  bool,
  bytes,
  hash,
  list,
  map,
  nat,
  option,
  record,
  ref,
  set,
  text,
  time,
  variant,
} from './builders.js';

export const SYSTEM_SCHEMAS: TypeFields = {
  'sys/ReducerContext@1': record({
    now_ns: nat,
    logical_now_ns: nat,
    journal_height: nat,
    entropy: bytes,
    event_hash: hash,
    manifest_hash: hash,
    reducer: text,
    key: option(bytes),
    cell_mode: bool,
  }),
  'sys/PureContext@1': record({
    logical_now_ns: nat,
    journal_height: nat,
    manifest_hash: hash,
    module: text,
  }),
  /** An event that starts a plan by hand: its input in any CBOR, recorded canonical. */
  'sys/PlanStart@1': record({ plan: text, input: bytes }),
  'sys/CapCheckInput@1': record({
    cap_def: text,
    grant_name: text,
    cap_params: bytes,
    effect_kind: text,
    effect_params: bytes,
    origin: record({ kind: text, name: text }),
    logical_now_ns: nat,
  }),
  'sys/CapCheckOutput@1': record({
    constraints_ok: bool,
    deny: option(record({ code: text, message: text })),
  }),
};

export const SECRET_SCHEMAS: TypeFields = {
  'sys/SecretRef@1': record({ alias: text, version: nat }),
  'sys/TextOrSecretRef@1': variant({ literal: text, secret: ref('sys/SecretRef@1') }),
  'sys/BytesOrSecretRef@1': variant({ literal: bytes, secret: ref('sys/SecretRef@1') }),
  'sys/VaultPutParams@1': record({
    alias: text,
    binding_id: text,
    value_ref: hash,
    expected_digest: hash,
  }),
  /** `sealed_ref` is the value sealed to the key of the vault; digests are keyed. */
  'sys/VaultPutParams@2': record({
    alias: text,
    binding_id: text,
    sealed_ref: hash,
    expected_digest: option(hash),
  }),
  'sys/VaultPutReceipt@1': record({ alias: text, version: nat, binding_id: text, digest: hash }),
  'sys/VaultRotateParams@1': record({
    alias: text,
    version: nat,
    binding_id: text,
    expected_digest: hash,
  }),
  'sys/VaultRotateReceipt@1': record({ alias: text, version: nat, binding_id: text, digest: hash }),
};

export const OBJECT_SCHEMAS: TypeFields = {
  'sys/ObjectKey@1': text,
  'sys/ObjectMeta@1': record({
    name: text,
    kind: text,
    hash,
    tags: set(text),
    created_at: time,
    owner: text,
  }),
  'sys/ObjectVersions@1': record({ latest: nat, versions: map(nat, ref('sys/ObjectMeta@1')) }),
  'sys/ObjectRegisteredPayload@1': record({ meta: ref('sys/ObjectMeta@1') }),
  'sys/ObjectRegistered@1': ref('sys/ObjectRegisteredPayload@1'),
};

const meta = ref('sys/ReadMeta@1');

export const INTROSPECT_SCHEMAS: TypeFields = {
  'sys/ReadMeta@1': record({
    journal_height: nat,
    snapshot_hash: option(hash),
    manifest_hash: hash,
  }),
  'sys/IntrospectManifestParams@1': record({ consistency: text }),
  'sys/IntrospectManifestReceipt@1': record({ manifest: bytes, meta }),
  'sys/IntrospectReducerStateParams@1': record({
    reducer: text,
    key: option(bytes),
    consistency: text,
  }),
  'sys/IntrospectReducerStateReceipt@1': record({ state: option(bytes), meta }),
  'sys/IntrospectJournalHeadParams@1': record({}),
  'sys/IntrospectJournalHeadReceipt@1': record({ meta }),
  'sys/IntrospectDefinitionParams@1': record({ kind: text, name: text }),
  'sys/IntrospectDefinitionReceipt@1': record({ definition: bytes, hash, meta }),
  /** Instances are named `<seq>/<i>`, the place of their `plan-started` entry. */
  'sys/IntrospectPlansParams@1': record({
    plan: option(text),
    after: option(text),
    limit: nat,
  }),
  'sys/IntrospectPlansReceipt@1': record({
    instances: list(
      record({
        instance: text,
        plan: text,
        parent: option(text),
        waits: list(record({ step: text, kind: text, for: text })),
      }),
    ),
    next: option(text),
    meta,
  }),
  /** What the gate said, latest first: of `effect`, with `outcome`, before the place `before`. */
  'sys/IntrospectDecisionsParams@1': record({
    effect: option(text),
    outcome: option(text),
    before: option(text),
    limit: nat,
  }),
  'sys/IntrospectDecisionsReceipt@1': record({
    decisions: list(
      record({
        place: text,
        intent: hash,
        effect: text,
        cap: text,
        grant_hash: option(hash),
        policy: option(text),
        rule: option(nat),
        outcome: text,
        code: option(text),
      }),
    ),
    next: option(text),
    meta,
  }),
  /** About the state of a reducer, an intent or a place `<seq>` or `<seq>/<i>`: one of them. */
  'sys/IntrospectWhyParams@1': record({
    reducer: option(text),
    key: option(bytes),
    intent: option(hash),
    place: option(text),
    forward: bool,
    limit: nat,
  }),
  /** `about` is what the node names: a schema, reducer, plan, effect or verb. */
  'sys/IntrospectWhyReceipt@1': record({
    starts: list(text),
    nodes: list(
      record({
        place: text,
        kind: text,
        about: option(text),
        code: option(text),
        links: list(record({ role: text, place: text })),
      }),
    ),
    cut: bool,
    meta,
  }),
  'sys/IntrospectListCellsParams@1': record({ reducer: text }),
  'sys/IntrospectListCellsReceipt@1': record({
    cells: list(record({ key: bytes, state_hash: hash, size: nat, last_active_ns: nat })),
    meta,
  }),
};
