/**
 * What plans ask of the governance of their world and the kernel leaves to its host: to propose,
 * because a patch is an object that no journal promises, and to shadow, because that takes long.
 *
 * 1. What comes of it is a verb that the host signs; the kernel judges it as any other.
 * 2. Started again, it finds what it has proposed already.
 */
import {
  decode,
  type Encodable,
  type Hash,
  parseHashText,
  type Refusal,
  type Result,
  toHashText,
  type Value,
  ZERO_HASH,
} from '@aos/canon';
import type { OpenIntent, Proposal, RawVerb, ShadowReport, World } from '@aos/kernel';
import {
  type Adapter,
  AosFault,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  failedOutcome,
  isReducerOrigin,
  okOutcome,
  type StoredObject,
  type Verb,
} from '@aos/protocol';
import { GOVERNANCE_KINDS } from '../introspect/host-kinds.js';
import type { Signer } from '../keys/key-files.js';
import { signVerb } from '../keys/signing.js';
import type { Ack } from '../loop/acks.js';
import type { ShadowRunner } from './shadow-runner.js';

/** The world as this adapter needs it. */
export interface GovernedHost {
  readonly world: World;
  /** Sequence of the last record that is durable. */
  readonly durableSeq: number;
  submit(input: RawVerb): Promise<Result<Ack>>;
  storeObject(object: StoredObject): Promise<void>;
}

export interface GovernanceAdapterOptions {
  /** Asked when an effect comes: the host is made after its adapters. */
  readonly host: () => GovernedHost;
  readonly signer: Signer;
  readonly shadow: ShadowRunner;
}

/** With the host's own answers, where nobody else gives them. */
export function withGovernance(
  adapters: readonly Adapter[],
  options: GovernanceAdapterOptions,
): readonly Adapter[] {
  const served = new Set(adapters.flatMap(({ kinds }) => kinds));
  if (GOVERNANCE_KINDS.some((kind) => served.has(kind))) return adapters;
  return [...adapters, new GovernanceAdapter(options)];
}

type Params = ReadonlyMap<Value, Value>;

class GovernanceAdapter implements Adapter {
  readonly id = 'host.governance';
  readonly kinds = GOVERNANCE_KINDS;

  constructor(private readonly options: GovernanceAdapterOptions) {}

  start(call: EffectCall, { cancel }: EffectContext): Promise<EffectOutcome> {
    const cancelled = new Promise<EffectOutcome>((resolve) => {
      const code = 'effect-cancelled';
      const message = 'nobody waits for the answer any more';
      cancel.onCancel(() => resolve(failedOutcome({ status: 'cancelled', code, message })));
    });
    return Promise.race([this.#answer(call).catch(failedBy), cancelled]);
  }

  async close(): Promise<void> {}

  async #answer(call: EffectCall): Promise<EffectOutcome> {
    // the host may be opening, and then it is not there yet
    await undefined;
    const decoded = decode(call.params);
    const params: Params = decoded.ok && decoded.value instanceof Map ? decoded.value : new Map();
    return call.effect === 'governance.propose'
      ? this.#propose(call, params)
      : this.#shadow(params);
  }

  async #propose({ intentHash }: EffectCall, params: Params): Promise<EffectOutcome> {
    const patchHash = hashOf(params.get('patch_hash'));
    const { world } = this.options.host();
    const base = hashOf(params.get('manifest_base')) ?? world.program.definition.manifestHash;
    const intent = world.intents.get(intentHash);
    if (patchHash === undefined || intent === undefined) return failed(NO_PATCH);
    const known = findProposed(world, intent, patchHash);
    if (known !== undefined) return proposeReceipt(known);
    const description = textOf(params.get('description'));
    const ack = await this.#submit({
      ...{ verb: 'propose', base, patchHash, description, intent: intentHash },
    });
    if (!ack.ok) return failed(ack.refusal);
    const proposed = findProposed(this.options.host().world, intent, patchHash);
    return proposed === undefined ? failed(NO_PATCH) : proposeReceipt(proposed);
  }

  async #shadow(params: Params): Promise<EffectOutcome> {
    const { host, shadow } = this.options;
    const { world } = host();
    const id = Number(params.get('proposal_id'));
    const proposal = [...world.governance.proposals.range()].find((each) => each.id === id);
    if (proposal === undefined) return failed(NO_PROPOSAL);
    const { base, patchHash } = proposal;
    const result = await shadow.run({ base, patchHash, atSeq: host().durableSeq });
    if (result.kind === 'refused') return failed(result.refusal);
    const { report, bytes, hash: shadowHash } = result;
    await host().storeObject({ hash: shadowHash, bytes });
    const about = { proposal: id, base, patchHash, shadowHash, atSeq: report.at_seq };
    const ack = await this.#submit({ verb: 'shadowed', ...about });
    return ack.ok ? shadowReceipt(world, proposal, report) : failed(ack.refusal);
  }

  #submit(verb: Verb): Promise<Result<Ack>> {
    const { host, signer } = this.options;
    return host().submit(signVerb(signer, host().world, verb));
  }
}

const NO_PATCH: Refusal = {
  code: 'patch-not-canonical',
  at: '/patch_hash',
  detail: 'expected the hash of a patch document',
};
const NO_PROPOSAL: Refusal = {
  code: 'proposal-unknown',
  at: '/proposal_id',
  detail: 'the world has no such proposal',
};

/** A world that closes or stands still may be asked again. */
function failedBy(cause: unknown): EffectOutcome {
  const code = cause instanceof AosFault ? cause.code : 'governance-failed';
  const message = cause instanceof Error ? cause.message : String(cause);
  return failedOutcome({ status: 'error', code, message, retry: 'later' });
}

function failed({ code, detail: message }: Refusal): EffectOutcome {
  return failedOutcome({ status: 'error', code, message });
}

/** What this very effect has proposed. */
function findProposed(world: World, intent: OpenIntent, patch: Hash): Proposal | undefined {
  const [origin] = intent.waiters;
  const plan = origin === undefined || isReducerOrigin(origin) ? undefined : origin.plan;
  const text = toHashText(patch);
  return [...world.governance.proposals.range({ reverse: 'reverse' })].find(
    ({ author, at, patchHash }) =>
      author.name === `world:${plan}` && at > intent.openedAt.seq && toHashText(patchHash) === text,
  );
}

function proposeReceipt({ id, patchHash, base }: Proposal): EffectOutcome {
  return okOutcome({
    proposal_id: id,
    patch_hash: toHashText(patchHash),
    manifest_base: toHashText(base),
  });
}

/** Ledgers as version 1 of the receipt knows them. */
const LEDGERS: ReadonlyMap<string, string> = new Map([
  ['grant', 'capability'],
  ['policy', 'policy'],
  ['policy-rule', 'policy'],
]);

/** Effects that are foreseen were never asked for: they have no hash. */
function shadowReceipt(world: World, proposal: Proposal, report: ShadowReport): EffectOutcome {
  const foreseen = [report.window, report.head].flatMap((fork) => fork?.effects_added.rows ?? []);
  return okOutcome({
    proposal_id: proposal.id,
    manifest_hash: toHashText(report.candidate),
    predicted_effects: foreseen.map(({ effect, cap, params }) => ({
      kind: effect,
      cap,
      intent_hash: toHashText(ZERO_HASH),
      params_json: params,
    })),
    pending_receipts: pendingOf(world),
    plan_results: [],
    ledger_deltas: report.authority.rows.flatMap(({ part, name, change }) => {
      const ledger = LEDGERS.get(part);
      return ledger === undefined ? [] : [{ ledger, name, change }];
    }),
  });
}

/** Most open effects that a receipt tells of. */
const MAX_PENDING = 1000;

function pendingOf({ intents }: World): Encodable {
  const rows: Encodable[] = [];
  for (const { hash, waiters } of intents.range()) {
    const [origin] = waiters;
    if (origin === undefined || isReducerOrigin(origin)) continue;
    const { plan, instance } = origin;
    rows.push({ plan_id: instance.seq, plan, intent_hash: toHashText(hash) });
    if (rows.length === MAX_PENDING) break;
  }
  return rows;
}

function hashOf(value: Value | undefined): Hash | undefined {
  const parsed = typeof value === 'string' ? parseHashText(value) : undefined;
  return parsed?.ok ? parsed.value : undefined;
}

function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}
