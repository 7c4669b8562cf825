/** The control verbs about changes of a world's definition. */
import { type Hash, sha256, toHashText } from '@aos/canon';
import { type Proposal, quorumOf, type World } from '@aos/kernel';
import type {
  ControlResult,
  ParsedArgs,
  PlainValue,
  ProposalShape,
  QuorumShape,
  SendResult,
  SigningPlace,
} from '@aos/protocol';
import { jsonValue, plainOf } from '../control/values.js';
import { sendVerb } from '../control/verbs/sends.js';
import { type ControlView, refusal, thrown } from '../control/view.js';
import { draftPatch, type PatchSource, storedJson } from './patch-draft.js';
import { showStored } from './report-view.js';
import { shadowHere } from './shadow-runner.js';

/** Codes: those of `draftPatch`, `proposal-unknown`. */
export async function draftProposal(
  view: ControlView,
  args: ParsedArgs<'governance.draft'>,
): Promise<ControlResult<'governance.draft'>> {
  const { host, store } = view;
  const { migrations } = args;
  const named = migrations.map(({ reducer, bytes }) => [`${reducer}:back`, bytes] as const);
  const modules = new Map([
    ...args.modules.map(({ name, bytes }) => [name, bytes] as const),
    ...named,
  ]);
  const object = (hash: Hash) => store.object(hash);
  const { draft, place } = await view.read((world) => {
    const drafted = draftPatch(world, sourceOf(world, args), { modules, object });
    if (!drafted.ok) throw thrown(drafted.refusal);
    return { draft: drafted.value, place: placeOf(world) };
  });
  for (const each of draft.objects) await host.storeObject(each);
  return {
    ...place,
    base: toHashText(draft.base),
    patch_hash: toHashText(draft.patchHash),
    manifest: toHashText(draft.candidate.manifestHash),
    warnings: draft.warnings.map(({ code, path, message }) => `${path}: ${message} [${code}]`),
  };
}

function sourceOf(
  world: World,
  { json, documents, rollback, migrations }: ParsedArgs<'governance.draft'>,
): PatchSource {
  if (rollback !== undefined && json === undefined) {
    const hashes = migrations.map(({ reducer, bytes }) => [reducer, sha256(bytes)] as const);
    const proposal = findProposal(world, rollback);
    return {
      kind: 'rollback',
      proposal,
      migrations: new Map(hashes),
      ...(documents && { documents }),
    };
  }
  const isOne = (json === undefined) !== (documents === undefined);
  if (!isOne || rollback !== undefined || migrations.length > 0) {
    const detail = 'expected one of json, documents and rollback; migrations are for rollback';
    throw refusal('control-args', '/args', detail);
  }
  if (json !== undefined) return { kind: 'patch', json: jsonValue(json, '/args/json') };
  return { kind: 'folder', documents: documents ?? [] };
}

/** The number of the new proposal is that of the record. */
export async function sendPropose(
  view: ControlView,
  args: Signed<'governance.propose'>,
): Promise<ControlResult<'governance.propose'>> {
  const sent = await sendVerb(view, { ...args, verb: 'propose' });
  const { ack } = sent;
  if (ack === null) return { ...sent, proposal: null };
  const proposal = await view.read((world) => proposedBy(world, ack.seq)?.id ?? null);
  return { ...sent, proposal };
}

/** What a record has proposed; it is among the last. */
function proposedBy(world: World, seq: number): Proposal | undefined {
  return latestProposals(world).find(({ at }) => at === seq);
}

/** Arguments of what somebody has signed, and the signal that nobody waits for it any more. */
type Signed<V extends 'governance.propose' | 'governance.apply'> = ParsedArgs<V> & {
  readonly signal: AbortSignal | undefined;
};

type GovernanceVerbName = 'shadowed' | 'approve' | 'reject' | 'withdraw' | 'apply';

/** Hands in what somebody has signed. */
export function sendGovernance(
  view: ControlView,
  verb: GovernanceVerbName,
  args: Signed<'governance.apply'>,
): Promise<SendResult> {
  return sendVerb(view, { ...args, verb });
}

/** Codes: `proposal-unknown`, those of `runShadow`. */
export async function runShadowVerb(
  view: ControlView,
  args: ParsedArgs<'governance.shadow'>,
): Promise<ControlResult<'governance.shadow'>> {
  const { store, options } = view;
  const { proposal, place, atSeq } = await view.read((world) => ({
    proposal: findProposal(world, args.proposal),
    place: placeOf(world),
    atSeq: world.seq - 1,
  }));
  const { base, patchHash } = proposal;
  const { seeds, scripts, records, advanceNs, timeMs, memoryMib } = args;
  const limits = { advance_ns: advanceNs, ...(records === undefined ? {} : { records }) };
  const bounds = { timeMs, memoryMib };
  const runner = options.shadow ?? shadowHere(store, options.engine);
  const result = await runner.run({ base, patchHash, atSeq, seeds, scripts, limits }, bounds);
  if (result.kind === 'refused') throw thrown(result.refusal);
  const { bytes, hash, report } = result;
  if (view.isLiving) await view.host.storeObject({ hash, bytes });
  return {
    ...place,
    proposal: proposal.id,
    base: toHashText(base),
    patch_hash: toHashText(patchHash),
    shadow_hash: toHashText(hash),
    at_seq: report.at_seq,
    bytes,
    ...showStored(bytes),
  };
}

export function listProposals(
  view: ControlView,
  { state, before, limit }: ParsedArgs<'governance.list'>,
): Promise<ControlResult<'governance.list'>> {
  return view.read((world) => {
    const found = latestProposals(world).filter(
      (each) =>
        (state === undefined || each.state === state) && (before === undefined || each.id < before),
    );
    const proposals = found.slice(0, limit).map((each) => shapeOf(world, each));
    return { proposals, count: world.governance.proposals.size };
  });
}

/** Code: `proposal-unknown`. */
export function showProposal(
  view: ControlView,
  { proposal: id }: ParsedArgs<'governance.show'>,
): Promise<ControlResult<'governance.show'>> {
  const object = (hash: Hash) => view.store.object(hash);
  return view.read((world) => {
    const proposal = findProposal(world, id);
    const { base, patchHash, manifest: candidate, shadow } = proposal;
    const patch: PlainValue = plainOf(storedJson(patchHash, object) ?? null);
    const none = { report: null, lines: [] };
    const about = { world_id: world.worldId, base, patch_hash: patchHash, candidate };
    const shown =
      shadow === null ? none : showStored(object(shadow.hash), { ...about, at_seq: shadow.atSeq });
    return { proposal: shapeOf(world, proposal), patch, ...shown };
  });
}

function placeOf({ worldId, epoch }: World): SigningPlace {
  return { world_id: toHashText(worldId), epoch };
}

function latestProposals({ governance }: World): readonly Proposal[] {
  return [...governance.proposals.range({ reverse: 'reverse' })];
}

function findProposal(world: World, id: number): Proposal {
  const found = latestProposals(world).find((each) => each.id === id);
  if (found !== undefined) return found;
  const { size } = world.governance.proposals;
  const detail = `no proposal ${id}: the world has ${size}, counted from 0`;
  throw refusal('proposal-unknown', '/args/proposal', detail);
}

function quorumShapes(world: World, proposal: Proposal): readonly QuorumShape[] {
  if (CLOSED.has(proposal.state)) return [];
  const rules = quorumOf(world, 'approve', proposal, world.logicalNowNs);
  return rules.map(({ notOwn: not_own, ...rule }) => ({ ...rule, not_own }));
}

const CLOSED: ReadonlySet<string> = new Set(['applied', 'rejected', 'withdrawn']);

function shapeOf(world: World, proposal: Proposal): ProposalShape {
  const { program } = world;
  const { id, state, author, description, base, patchHash, manifest, at, shadow } = proposal;
  const inForce = toHashText(program.definition.manifestHash);
  return {
    proposal: id,
    state,
    author: author.name,
    description,
    base: toHashText(base),
    patch_hash: toHashText(patchHash),
    manifest: toHashText(manifest),
    at,
    shadow: shadow && { hash: toHashText(shadow.hash), at_seq: shadow.atSeq },
    voices: proposal.voices.map(({ name, keyId, decision, expiresNs }) => ({
      principal: name,
      key_id: keyId && toHashText(keyId),
      decision,
      expires_ns: expiresNs ?? null,
    })),
    quorum: quorumShapes(world, proposal),
    is_current: toHashText(base) === inForce,
  };
}
