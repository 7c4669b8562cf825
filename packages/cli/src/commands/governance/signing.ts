/** Verbs about proposals, signed with a key of `$AOS_HOME/keys`. */
import { type Signer, signVerb } from '@aos/host';
import {
  type AckShape,
  type GovernanceArgs,
  type GovernanceVerb,
  type ProposalRef,
  type ProposalShape,
  signedVerbArgs,
} from '@aos/protocol';
import { ackOf, hashOf } from '../../access/signed-verbs.js';
import type { Asked } from '../../access/with-access.js';
import { CliError } from '../../output.js';

export interface SignOptions {
  /** Name of the key that signs. */
  readonly as: string;
}

/** Arguments of a governance verb for the world as it is now. */
export async function signGovernance(
  asked: Asked,
  signer: Signer,
  says: GovernanceVerb,
): Promise<GovernanceArgs> {
  const { world_id, live, trouble } = await asked.call('status', {});
  if (live === null) {
    throw new CliError(trouble?.code ?? 'world-closed', trouble?.message ?? 'the world is closed');
  }
  const place = { worldId: hashOf(world_id), epoch: live.epoch };
  const { verb: _, ...args } = signedVerbArgs(signVerb(signer, place, says));
  return args;
}

export type OneProposalVerb = Exclude<GovernanceVerb, { readonly verb: 'propose' }>;

/** Signs and hands in. */
export async function sayAbout(
  asked: Asked,
  signer: Signer,
  says: OneProposalVerb,
): Promise<AckShape> {
  const args = await signGovernance(asked, signer, says);
  return ackOf(await asked.call(`governance.${says.verb}`, args));
}

export async function findProposal(asked: Asked, proposal: number): Promise<ProposalShape> {
  return (await asked.call('governance.show', { proposal })).proposal;
}

export function refOf({ proposal, base, patch_hash }: ProposalShape): ProposalRef {
  return { proposal, base: hashOf(base), patchHash: hashOf(patch_hash) };
}
