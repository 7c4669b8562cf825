/**
 * What plans ask of the governance of their world and the kernel leaves to its host: to draft and
 * to propose, because a patch is an object that no journal promises, and to shadow, because that
 * takes long.
 *
 * 1. What comes of it is a verb that the host signs; the kernel judges it as any other. A draft is
 *    an object, and nothing more.
 * 2. Started again, it finds what it has proposed already.
 */
import {
  decode,
  type Hash,
  parseHashText,
  type Refusal,
  type Result,
  toHashText,
  type Value,
} from '@aos/canon';
import type { OpenIntent, Proposal, RawVerb, World } from '@aos/kernel';
import {
  type Adapter,
  AosFault,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  failedOutcome,
  isReducerOrigin,
  type StoredObject,
  type Verb,
} from '@aos/protocol';
import { GOVERNANCE_KINDS } from '../introspect/host-kinds.js';
import type { Signer } from '../keys/key-files.js';
import { signVerb } from '../keys/signing.js';
import type { Ack } from '../loop/acks.js';
import { draftForAgent } from './agent-draft.js';
import {
  draftReceipt,
  proposeReceipt,
  shadowReceipt,
  shadowReceipt2,
} from './governance-receipts.js';
import type { ShadowRunner } from './shadow-runner.js';

/** The world as this adapter needs it. */
export interface GovernedHost {
  readonly world: World;
  /** Sequence of the last record that is durable. */
  readonly durableSeq: number;
  submit(input: RawVerb): Promise<Result<Ack>>;
  object(hash: Hash): Uint8Array | undefined;
  storeObject(object: StoredObject): Promise<void>;
  /** For a verb that this host signs. */
  newNonce(): Uint8Array;
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
  #lastTurn: Promise<unknown> = Promise.resolve();

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
    const params = mapOf(decoded.ok ? decoded.value : null);
    switch (call.effect) {
      case 'governance.draft':
        return this.#draft(params);
      case 'governance.propose':
        return this.#propose(call, params);
      default:
        return this.#inTurn(() => this.#shadow(call, params));
    }
  }

  async #draft(params: Params): Promise<EffectOutcome> {
    const host = this.options.host();
    const patch = params.get('patch');
    const code = new Map<string, Hash>();
    for (const [name, text] of mapOf(params.get('code'))) {
      const hash = hashOf(text);
      if (typeof name === 'string' && hash !== undefined) code.set(name, hash);
    }
    const base = hashOf(params.get('base'));
    const draft = { base, code, patch: typeof patch === 'string' ? patch : undefined };
    const drafted = draftForAgent(host.world, draft, (hash) => host.object(hash));
    if (!drafted.ok) return failed(drafted.refusal);
    for (const each of drafted.value.objects) await host.storeObject(each);
    return draftReceipt(drafted.value);
  }

  async #propose({ intentHash }: EffectCall, params: Params): Promise<EffectOutcome> {
    const patchHash = hashOf(params.get('patch_hash'));
    const { world } = this.options.host();
    const base = hashOf(params.get('manifest_base')) ?? world.program.definition.manifestHash;
    const intent = world.intents.get(intentHash);
    if (patchHash === undefined || intent === undefined) return failed(NO_PATCH);
    const known = findProposed(world, intent);
    if (known !== undefined) return proposeReceipt(known);
    const description = textOf(params.get('description'));
    const ack = await this.#submit({
      ...{ verb: 'propose', base, patchHash, description, intent: intentHash },
    });
    if (!ack.ok) return failed(ack.refusal);
    const proposed = findProposed(this.options.host().world, intent);
    return proposed === undefined ? failed(NO_PATCH) : proposeReceipt(proposed);
  }

  /** One after the other: each takes a thread with its memory, and plans ask for many at once. */
  #inTurn(run: () => Promise<EffectOutcome>): Promise<EffectOutcome> {
    const outcome = this.#lastTurn.then(run);
    this.#lastTurn = outcome.catch(() => undefined);
    return outcome;
  }

  async #shadow({ intentHash }: EffectCall, params: Params): Promise<EffectOutcome> {
    const { host, shadow } = this.options;
    const { world } = host();
    const id = Number(params.get('proposal_id'));
    const proposal = findProposal(world, id);
    if (proposal === undefined) return failed(NO_PROPOSAL);
    const asker = askerOf(world, intentHash);
    // it was given up before its turn came
    if (asker === undefined) return failed(NO_PROPOSAL);
    const voids = () => checkVoices(findProposal(host().world, id), asker);
    const early = voids();
    if (early !== undefined) return failed(early);
    const { base, patchHash } = proposal;
    const records = params.get('records');
    const limits = typeof records === 'number' ? { records } : {};
    const result = await shadow.run({ base, patchHash, atSeq: host().durableSeq, limits });
    if (result.kind === 'refused') return failed(result.refusal);
    const { report, bytes, hash: shadowHash } = result;
    await host().storeObject({ hash: shadowHash, bytes });
    const late = voids();
    if (late !== undefined) return failed(late);
    const about = { proposal: id, base, patchHash, shadowHash, atSeq: report.at_seq };
    const ack = await this.#submit({ verb: 'shadowed', ...about });
    if (!ack.ok) return failed(ack.refusal);
    const isFirst = !params.has('records');
    if (isFirst) return shadowReceipt(world, proposal, report);
    return shadowReceipt2(proposal, report, shadowHash);
  }

  #submit(verb: Verb): Promise<Result<Ack>> {
    const { host, signer } = this.options;
    const { worldId, epoch } = host().world;
    const place = { worldId, epoch, nonce: host().newNonce() };
    return host().submit(signVerb(signer, place, verb));
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

function findProposal({ governance }: World, id: number): Proposal | undefined {
  return [...governance.proposals.range()].find((each) => each.id === id);
}

/** The plan that asks, as a principal; undefined once nobody does. */
function askerOf({ intents }: World, intent: Hash): string | undefined {
  const [origin] = intents.get(intent)?.waiters ?? [];
  return origin === undefined || isReducerOrigin(origin) ? undefined : `world:${origin.plan}`;
}

/** A new shadow makes voices void: those about what others proposed are no plan's to undo. */
function checkVoices(proposal: Proposal | undefined, asker: string | undefined) {
  const isFree = proposal === undefined || proposal.voices.length === 0;
  if (isFree || proposal.author.name === asker) return undefined;
  const detail = `a new shadow would void what was said about proposal ${proposal.id}`;
  return { code: 'shadow-voids', at: '/proposal_id', detail };
}

/** A world that closes or stands still may be asked again; a shadow that takes too much may not. */
function failedBy(cause: unknown): EffectOutcome {
  const isFault = cause instanceof AosFault;
  const code = isFault ? cause.code : 'governance-failed';
  const message = cause instanceof Error ? cause.message : String(cause);
  const retry = isFault && cause.retry === 'never' ? 'never' : 'later';
  return failedOutcome({ status: 'error', code, message, retry });
}

function failed({ code, detail: message }: Refusal): EffectOutcome {
  return failedOutcome({ status: 'error', code, message });
}

/** What this very effect has proposed. */
function findProposed({ governance }: World, { hash, openedAt }: OpenIntent): Proposal | undefined {
  const text = toHashText(hash);
  for (const proposal of governance.proposals.range({ reverse: 'reverse' })) {
    if (proposal.at < openedAt.seq) return undefined;
    if (proposal.intent !== null && toHashText(proposal.intent) === text) return proposal;
  }
  return undefined;
}

function mapOf(value: Value | undefined): Params {
  return value instanceof Map ? value : new Map();
}

function hashOf(value: Value | undefined): Hash | undefined {
  const parsed = typeof value === 'string' ? parseHashText(value) : undefined;
  return parsed?.ok ? parsed.value : undefined;
}

function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}
