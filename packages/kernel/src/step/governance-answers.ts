/** What plans ask of the governance of their world, and the kernel answers. */
import { assert, decode, toHashText, type Value } from '@aos/canon';
import { type EntryPlace, isReducerOrigin } from '@aos/protocol';
import type { OpenIntent } from '../gate/open-intent.js';
import { findProposal } from '../governance/governance-state.js';
import type { Principal } from '../governance/proposal.js';
import { checkSpeak, checkWithdraw, findOpen, speak, withdraw } from '../governance/voices.js';
import type { ApplyWork } from '../world/work.js';
import { type Answer, answerIntent } from './answer.js';
import type { Run } from './run.js';

/** A plan as it acts on its own world. */
export function worldPrincipal({ waiters }: OpenIntent): Principal {
  const [first] = waiters;
  assert(first !== undefined, 'an intent has whoever opened it');
  const name = isReducerOrigin(first) ? first.reducer : first.plan;
  return { name: `world:${name}`, keyId: null };
}

/** A voice about the shadow that the proposal has now. */
export function answerApprove(run: Run, intent: OpenIntent, cause: EntryPlace): Answer {
  const params = paramsOf(intent);
  const id = proposalOf(params);
  if (id === undefined) return { code: 'proposal-unknown' };
  const proposal = findOpen(run.next, id);
  if ('code' in proposal) return { code: proposal.code };
  const decision = params.get('decision') instanceof Map ? tagOf(params.get('decision')) : '';
  const isKnown = decision === 'approve' || decision === 'reject';
  if (!isKnown) return { code: 'receipt-invalid' };
  const actor = worldPrincipal(intent);
  const voice = { ...actor, decision } as const;
  const refused = checkSpeak(run.next, proposal, voice, run.stamp.logicalNowNs);
  if (refused !== undefined) return { code: refused.code };
  speak(run, proposal, voice, cause);
  return {
    payload: {
      proposal_id: proposal.id,
      decision: params.get('decision') ?? null,
      patch_hash: toHashText(proposal.patchHash),
      approver: actor.name,
      reason: params.get('reason') ?? null,
    },
  };
}

/** Takes back what it has proposed, or what the rules let it. */
export function answerWithdraw(run: Run, intent: OpenIntent, cause: EntryPlace): Answer {
  const id = proposalOf(paramsOf(intent));
  if (id === undefined) return { code: 'proposal-unknown' };
  const proposal = findOpen(run.next, id);
  if ('code' in proposal) return { code: proposal.code };
  const actor = worldPrincipal(intent);
  const refused = checkWithdraw(run.next, proposal, actor);
  if (refused !== undefined) return { code: refused.code };
  withdraw(run, proposal, actor, cause);
  return { payload: { proposal_id: id, patch_hash: toHashText(proposal.patchHash) } };
}

/** The proposal is applied when everything before it is done; then the intent is answered. */
export function queueApply(run: Run, intent: OpenIntent, cause: EntryPlace): void {
  const proposal = proposalOf(paramsOf(intent));
  if (proposal === undefined) {
    answerIntent(run, intent, { code: 'proposal-unknown' }, cause);
    return;
  }
  const work: ApplyWork = {
    kind: 'apply',
    proposal,
    by: worldPrincipal(intent),
    intent: intent.hash,
    cause,
  };
  run.queue.push(work);
}

/** Answers the intent that asked to apply a proposal; `code` is why it was not. */
export function answerApply(
  run: Run,
  { proposal: id, intent, cause }: ApplyWork,
  code: string | undefined,
): void {
  const asked = intent === null ? undefined : run.next.intents.get(intent);
  // it may have ended with its deadline or its epoch
  if (asked === undefined) return;
  const proposal = findProposal(run.next.governance, id);
  const answer: Answer =
    code !== undefined || proposal === undefined
      ? { code: code ?? 'proposal-unknown' }
      : {
          payload: {
            proposal_id: id,
            manifest_hash_new: toHashText(proposal.manifest),
            patch_hash: toHashText(proposal.patchHash),
          },
        };
  answerIntent(run, asked, answer, cause);
}

/** The number of a proposal; undefined for one that no world ever has. */
function proposalOf(params: ReadonlyMap<Value, Value>): number | undefined {
  const id = params.get('proposal_id');
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : undefined;
}

function paramsOf({ params }: OpenIntent): ReadonlyMap<Value, Value> {
  const decoded = decode(params);
  return decoded.ok && decoded.value instanceof Map ? decoded.value : new Map();
}

function tagOf(variant: Value | undefined): Value | undefined {
  return variant instanceof Map ? variant.get('$tag') : variant;
}
