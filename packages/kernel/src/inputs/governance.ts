/** `governance`: what people decide about intents that wait, and about the definition itself. */
import { assert, decode, type Refusal, toHashText } from '@aos/canon';
import type { Engine, GovernanceInput, GovernanceVerb, Verb } from '@aos/protocol';
import type { Admission } from '../admit/admitted.js';
import { refused } from '../admit/admitted.js';
import { summarizePatch } from '../gate/enforcers/patch-scope.js';
import type { OpenIntent } from '../gate/open-intent.js';
import { checkPatch } from '../gate/recheck.js';
import { prepareApply } from '../governance/apply.js';
import { compileCandidate } from '../governance/candidate.js';
import { findAsked } from '../governance/governance-state.js';
import type { Principal, Voice } from '../governance/proposal.js';
import { checkActor } from '../governance/quorum.js';
import {
  addProposal,
  addShadow,
  checkBase,
  checkPropose,
  checkSpeak,
  checkWithdraw,
  findBound,
  findOpen,
  speak,
  withdraw,
} from '../governance/voices.js';
import { approve, checkApprove } from '../step/approve.js';
import { worldPrincipal } from '../step/governance-answers.js';
import type { Run } from '../step/run.js';
import { ObjectsNeeded } from '../trie/objects-needed.js';
import { findKey } from '../world/keyring.js';
import type { World } from '../world/world.js';
import { isRunning } from '../world/world.js';
import { closedCode, closedDetail } from './event.js';
import { admitVerb, applyVerb } from './verb.js';

/**
 * Codes: those of verbs, `world-paused`, `world-halted`; for intents `approval-unknown`,
 * `approval-expired`, `approval-role`, `approval-not-named`, `approval-repeated`; for proposals
 * those of `governance/`. Which role is needed is said by what the intent waits for, and by the
 * rules of the policy. Throws ObjectsNeeded for patches, reports and code.
 */
export function admitGovernance(
  world: World,
  raw: GovernanceInput,
  engine: Engine | undefined,
): Admission {
  if (!isRunning(world)) return refused(closedCode(world), '', closedDetail(world));
  return admitVerb(world, raw, ['operator', 'approver', 'host', 'adapter'], (verb) => {
    const refusal = check(world, raw, verb, engine);
    return refusal && { kind: 'refused', refusal };
  });
}

function check(
  world: World,
  raw: GovernanceInput,
  verb: Verb,
  engine: Engine | undefined,
): Refusal | undefined {
  if (verb.verb === 'approve-intent') {
    const checked = checkApprove(world, raw, verb);
    return checked.ok ? undefined : checked.refusal;
  }
  return checkProposalVerb(world, keyPrincipal(world, raw), verb as GovernanceVerb, engine);
}

/** The holder of a key under the name that the keyring knows it by. */
function keyPrincipal({ keyring }: World, { keyId }: GovernanceInput): Principal {
  const key = findKey(keyring, keyId);
  assert(key !== undefined, 'the key of a verb was checked');
  return { name: key.name, keyId };
}

function checkProposalVerb(
  world: World,
  actor: Principal,
  verb: GovernanceVerb,
  engine: Engine | undefined,
): Refusal | undefined {
  switch (verb.verb) {
    case 'propose': {
      const author = authorOf(world, actor, verb);
      if ('code' in author) return author;
      const refusal = checkPropose(world, author) ?? checkScope(world, verb);
      if (refusal !== undefined) return refusal;
      const candidate = compileCandidate(world, verb, engine);
      return candidate.ok ? undefined : candidate.refusal;
    }
    case 'shadowed':
      return checkShadowed(world, actor, verb);
    case 'approve':
    case 'reject': {
      const proposal = findBound(world, verb);
      if ('code' in proposal) return proposal;
      return checkSpeak(world, proposal, voiceOf(actor, verb), world.logicalNowNs);
    }
    case 'withdraw': {
      const proposal = findOpen(world, verb.proposal);
      return 'code' in proposal ? proposal : checkWithdraw(world, proposal, actor);
    }
    case 'apply': {
      const ports = { engine, nowNs: world.logicalNowNs };
      const prepared = prepareApply(world, verb.proposal, actor, ports);
      return prepared.ok ? undefined : prepared.refusal;
    }
  }
}

type Propose = Extract<GovernanceVerb, { readonly verb: 'propose' }>;
type Shadowed = Extract<GovernanceVerb, { readonly verb: 'shadowed' }>;
type Spoken = Extract<GovernanceVerb, { readonly verb: 'approve' | 'reject' }>;

/**
 * Who proposes: the key, or the plan for which a host does, once for an effect. Codes:
 * `proposal-intent`, `proposal-repeated`.
 */
function authorOf(world: World, actor: Principal, verb: Propose): Principal | Refusal {
  const { intent } = verb;
  if (intent === undefined) return actor;
  const at = '/args/intent';
  const open = world.intents.get(intent);
  const isAsked = open !== undefined && asksFor(open, verb);
  if (!isAsked || checkHost(world, actor) !== undefined) {
    const detail = 'only a host may propose for a plan, and what it asks for, while it asks';
    return { code: 'proposal-intent', at, detail };
  }
  const known = findAsked(world, open);
  if (known === undefined) return worldPrincipal(open);
  return { code: 'proposal-repeated', at, detail: `proposal ${known.id} is of this effect` };
}

/** Whether an effect is let out, and asks for this patch. */
function asksFor({ effect, state, params }: OpenIntent, { base, patchHash }: Propose): boolean {
  if (effect !== 'governance.propose' || state !== 'released') return false;
  const decoded = decode(params);
  const asked = decoded.ok && decoded.value instanceof Map ? decoded.value : new Map();
  const from = asked.get('manifest_base') ?? null;
  return (
    asked.get('patch_hash') === toHashText(patchHash) &&
    (from ?? toHashText(base)) === toHashText(base)
  );
}

/** What a plan proposes must be within the grant it asked under. Codes of {@link checkPatch}. */
function checkScope(world: World, { intent, patchHash }: Propose): Refusal | undefined {
  const open = intent && world.intents.get(intent);
  if (open === undefined) return undefined;
  const bytes = world.source.read(patchHash);
  if (bytes === undefined) throw new ObjectsNeeded([patchHash]);
  const document = decode(bytes);
  const { manifest } = world.program.definition;
  const summary = summarizePatch(document.ok ? document.value : null, manifest);
  const denied = checkPatch(world.program.gate, open.cap, summary);
  return denied && { code: denied.code, at: '/args/patch_hash', detail: denied.advice };
}

function checkHost({ keyring }: World, { keyId }: Principal): string | undefined {
  const key = keyId === null ? undefined : findKey(keyring, keyId);
  return key?.roles.includes('host') === true ? undefined : 'governance-role';
}

/** A host may always say what a shadow came to; who else may, the rules say. */
function checkShadowed(world: World, actor: Principal, verb: Shadowed): Refusal | undefined {
  const { shadowHash, ...ref } = verb;
  const proposal = findBound(world, ref);
  if ('code' in proposal) return proposal;
  if (checkHost(world, actor) !== undefined) {
    const who = checkActor(world, 'shadow', actor, proposal.author);
    if (who !== undefined) return { ...who, at: '/key_id' };
  }
  if (verb.atSeq >= world.seq || verb.atSeq < proposal.at) {
    const from = `expected a record of this world, from that of the proposal, ${proposal.at}, on`;
    const detail = `${from} and before ${world.seq}, found ${verb.atSeq}`;
    return { code: 'shadow-place', at: '/args/at_seq', detail };
  }
  if (world.source.read(shadowHash) === undefined) throw new ObjectsNeeded([shadowHash]);
  return checkBase(world, proposal);
}

function voiceOf(actor: Principal, verb: Spoken): Voice {
  const voice = { ...actor, decision: verb.verb };
  const expiresNs = verb.verb === 'approve' ? verb.expiresNs : undefined;
  return expiresNs === undefined ? voice : { ...voice, expiresNs };
}

export function applyGovernance(run: Run, input: GovernanceInput): void {
  const verb = applyVerb(run, input);
  if (verb.verb === 'approve-intent') approve(run, input, verb);
  else applyProposalVerb(run, keyPrincipal(run.next, input), verb as GovernanceVerb);
}

function applyProposalVerb(run: Run, actor: Principal, verb: GovernanceVerb): void {
  const { inputPlace: cause } = run;
  switch (verb.verb) {
    case 'propose': {
      const author = authorOf(run.next, actor, verb);
      const candidate = compileCandidate(run.next, verb, run.engine);
      assert(!('code' in author) && candidate.ok, 'what is proposed was admitted');
      const { base, patchHash, description, intent = null } = verb;
      const manifest = candidate.value.manifestHash;
      addProposal(run, { author, base, patchHash, manifest, description, intent }, cause);
      return;
    }
    case 'shadowed': {
      const shadow = { hash: verb.shadowHash, atSeq: verb.atSeq };
      addShadow(run, openProposal(run, verb.proposal), { shadow, principal: actor }, cause);
      return;
    }
    case 'approve':
    case 'reject':
      applyVoice(run, actor, verb);
      return;
    case 'withdraw':
      withdraw(run, openProposal(run, verb.proposal), actor, cause);
      return;
    case 'apply':
      run.queue.push({ kind: 'apply', proposal: verb.proposal, by: actor, intent: null, cause });
  }
}

/** Time has gone on since a voice was admitted: one that came too late changes nothing. */
function applyVoice(run: Run, actor: Principal, verb: Spoken): void {
  const proposal = openProposal(run, verb.proposal);
  const voice = voiceOf(actor, verb);
  const refusal = checkSpeak(run.next, proposal, voice, run.stamp.logicalNowNs);
  if (refusal === undefined) speak(run, proposal, voice, run.inputPlace);
  else run.append({ kind: 'dropped', cause: null, code: refusal.code });
}

function openProposal(run: Run, id: number) {
  const proposal = findOpen(run.next, id);
  assert(!('code' in proposal), 'the proposal of an admitted verb is open');
  return proposal;
}
