/** What is done with a proposal short of applying it: the same for keys and for plans. */
import { PROPOSAL_CHANGED } from '@aos/air';
import { assert, bytesEqual, encode, type Hash, type Refusal, toHashText } from '@aos/canon';
import type { EntryPlace, GovernanceChangedEntry, ProposalChange } from '@aos/protocol';
import { emit } from '../step/emit.js';
import type { Run } from '../step/run.js';
import type { World } from '../world/world.js';
import { findProposal, isOpen, MAX_OPEN_PROPOSALS, saveProposal } from './governance-state.js';
import type { Principal, Proposal, ProposalShadow, ProposalState, Voice } from './proposal.js';
import { checkActor, checkVoice, hasQuorum, isLate } from './quorum.js';

/** What somebody wants to change, checked and compiled. */
export interface NewProposal {
  readonly author: Principal;
  readonly base: Hash;
  readonly patchHash: Hash;
  readonly manifest: Hash;
  readonly description: string;
  /** The effect that asked for it, of a plan. */
  readonly intent: Hash | null;
}

/** What a voice or a shadow is about. */
export interface BoundRef {
  readonly proposal: number;
  readonly base: Hash;
  readonly patchHash: Hash;
  readonly shadowHash?: Hash;
}

type Checked = Refusal | undefined;

/** Codes: `proposals-full`, `governance-role`, `governance-not-named`. */
export function checkPropose(world: World, author: Principal): Checked {
  const actor = checkActor(world, 'propose', author, undefined);
  if (actor !== undefined) return { ...actor, at: '/key_id' };
  if (world.governance.open < MAX_OPEN_PROPOSALS) return undefined;
  const detail = `${MAX_OPEN_PROPOSALS} proposals are open: apply, reject or withdraw some`;
  return { code: 'proposals-full', at: '', detail };
}

/** Adds the proposal; answers with its id. */
export function addProposal(run: Run, proposal: NewProposal, cause: EntryPlace): number {
  const { next, seq } = run;
  const id = next.governance.proposals.size;
  next.governance = saveProposal(next.governance, {
    ...proposal,
    id,
    at: seq,
    state: 'proposed',
    shadow: null,
    voices: [],
  });
  const { author, patchHash } = proposal;
  write(run, { id, change: 'proposed', principal: author.name, hash: patchHash }, cause);
  return id;
}

/**
 * The proposal if it is the one that is meant and may still change. Codes: `proposal-unknown`,
 * `proposal-closed`, `proposal-mismatch`.
 */
export function findBound(world: World, ref: BoundRef): Proposal | Refusal {
  const proposal = findOpen(world, ref.proposal);
  if ('code' in proposal) return proposal;
  const { base, patchHash, shadow } = proposal;
  const wrong = [
    ['base', base, ref.base],
    ['patch_hash', patchHash, ref.patchHash],
    ...(ref.shadowHash === undefined ? [] : [['shadow_hash', shadow?.hash, ref.shadowHash]]),
  ].find(([, own, given]) => !(own && bytesEqual(own as Hash, given as Hash)));
  if (wrong === undefined) return proposal;
  const [name, own] = wrong as [string, Hash | undefined, Hash];
  const found = own === undefined ? 'it has none yet' : `it is ${toHashText(own)}`;
  const detail = `proposal ${ref.proposal} has another ${name}: ${found}`;
  return { code: 'proposal-mismatch', at: `/args/${name}`, detail };
}

/** Codes: `proposal-unknown`, `proposal-closed`. */
export function findOpen(world: World, id: number): Proposal | Refusal {
  const proposal = findProposal(world.governance, id);
  const at = '/args/proposal';
  if (proposal === undefined) {
    const count = world.governance.proposals.size;
    return { code: 'proposal-unknown', at, detail: `no proposal ${id}: the world has ${count}` };
  }
  if (isOpen(proposal)) return proposal;
  const detail = `proposal ${id} is ${proposal.state}: propose the patch again`;
  return { code: 'proposal-closed', at, detail };
}

/** A new shadow makes what was said about another one worthless. */
export function addShadow(
  run: Run,
  proposal: Proposal,
  by: { readonly shadow: ProposalShadow; readonly principal: Principal },
  cause: EntryPlace,
): void {
  const { shadow, principal } = by;
  const { voices } = proposal;
  save(run, { ...proposal, shadow, voices: [], state: 'shadowed' });
  const change = { id: proposal.id, principal: principal.name, hash: shadow.hash };
  if (voices.length > 0) write(run, { ...change, change: 'voided' }, cause);
  write(run, { ...change, change: 'shadowed' }, cause);
}

/**
 * Whether this voice may be given now; a yes of one's own may always be taken back. Codes:
 * `proposal-not-shadowed` (of a yes), `proposal-stale`, `approval-expired`, `approval-repeated`,
 * `governance-own`, `governance-role`, `governance-not-named`.
 */
export function checkSpeak(world: World, proposal: Proposal, voice: Voice, nowNs: bigint): Checked {
  const { decision, name } = voice;
  const before = proposal.voices.find((each) => each.name === name);
  const takesBack = decision === 'reject' && before?.decision === 'approve';
  const who = takesBack ? undefined : checkVoice(world, decision, voice, proposal.author);
  if (who !== undefined) return { ...who, at: '/key_id' };
  if (isLate(voice, nowNs)) {
    const detail = `it is ${nowNs}: sign another one`;
    return { code: 'approval-expired', at: '/args/expires_ns', detail };
  }
  if (decision === 'reject') return undefined;
  if (proposal.shadow === null) {
    const detail = `proposal ${proposal.id} was not shadowed yet: there is nothing to judge it by`;
    return { code: 'proposal-not-shadowed', at: '/args/proposal', detail };
  }
  const stale = checkBase(world, proposal);
  if (stale !== undefined) return stale;
  if (before?.decision !== 'approve' || isLate(before, nowNs)) return undefined;
  const detail = `${name} has approved proposal ${proposal.id} already`;
  return { code: 'approval-repeated', at: '/key_id', detail };
}

/** Code: `proposal-stale`. */
export function checkBase({ program }: World, { id, base }: Proposal): Checked {
  const { manifestHash } = program.definition;
  if (bytesEqual(base, manifestHash)) return undefined;
  const detail =
    `proposal ${id} starts from ${toHashText(base)}, in force is ${toHashText(manifestHash)}: ` +
    'make the patch anew and propose that';
  return { code: 'proposal-stale', at: '/args/proposal', detail };
}

/** Takes a voice that {@link checkSpeak} lets pass; writes what all amount to, if that changes. */
export function speak(run: Run, proposal: Proposal, voice: Voice, cause: EntryPlace): void {
  const { decision, name } = voice;
  const voices = [...proposal.voices.filter((each) => each.name !== name), voice];
  const heard = { ...proposal, voices };
  const { id } = proposal;
  const hash = proposal.shadow?.hash ?? proposal.patchHash;
  const one = decision === 'approve' ? 'approval' : 'rejection';
  const place = write(run, { id, change: one, principal: name, hash }, cause);
  const state = stateAfter(run, heard, decision);
  save(run, { ...heard, state });
  if (state === proposal.state) return;
  const change = state === 'shadowed' ? 'retracted' : state;
  write(run, { id, change, principal: name, hash }, place);
}

/** What voices amount to now; a no that is not enough undoes only the yes that it takes back. */
function stateAfter(run: Run, heard: Proposal, decision: Voice['decision']): ProposalState {
  const isEnough = (verb: Voice['decision']) =>
    hasQuorum(run.next, verb, heard, run.stamp.logicalNowNs);
  const wasApproved = heard.state === 'approved';
  if (decision === 'reject' && isEnough('reject')) return 'rejected';
  if ((decision === 'approve' || wasApproved) && isEnough('approve')) return 'approved';
  return wasApproved ? 'shadowed' : heard.state;
}

/** Codes: `governance-role`, `governance-not-named`; its author may always. */
export function checkWithdraw(world: World, proposal: Proposal, actor: Principal): Checked {
  if (actor.name === proposal.author.name) return undefined;
  const who = checkActor(world, 'withdraw', actor, proposal.author);
  return who && { ...who, at: '/key_id' };
}

export function withdraw(run: Run, proposal: Proposal, actor: Principal, cause: EntryPlace): void {
  const { id, patchHash: hash } = proposal;
  save(run, { ...proposal, state: 'withdrawn' });
  write(run, { id, change: 'withdrawn', principal: actor.name, hash }, cause);
}

export function save(run: Run, proposal: Proposal): void {
  run.next.governance = saveProposal(run.next.governance, proposal);
}

interface Change {
  readonly id: number;
  readonly change: ProposalChange;
  readonly principal: string;
  readonly hash: Hash;
}

/**
 * Writes a `governance-changed`, and the event that tells the world of it, which is routed under
 * the definition that is in force by then. Answers with the place of the first.
 */
export function write(run: Run, { id, ...what }: Change, cause: EntryPlace): EntryPlace {
  const proposal = findProposal(run.next.governance, id);
  assert(proposal !== undefined, 'what changes was saved');
  const entry: GovernanceChangedEntry = {
    kind: 'governance-changed',
    cause: run.causeOf(cause),
    proposal: id,
    ...what,
  };
  const place = run.append(entry);
  emit(run, { schema: PROPOSAL_CHANGED, value: eventOf(run, proposal, what) }, place);
  return place;
}

/** A `sys/ProposalChanged@1`. */
function eventOf(
  { next }: Run,
  { id, author, base, patchHash, manifest, shadow }: Proposal,
  { change, principal }: Omit<Change, 'id'>,
): Uint8Array {
  const value = next.program.definition.schemas.get(PROPOSAL_CHANGED)?.normalizeCbor(
    encode({
      proposal: id,
      change,
      principal,
      author: author.name,
      base: toHashText(base),
      patch_hash: toHashText(patchHash),
      manifest: toHashText(manifest),
      shadow_hash: shadow === null ? null : toHashText(shadow.hash),
    }),
  );
  assert(value?.ok === true, 'every definition has the schema of what the kernel raises');
  return value.value;
}
