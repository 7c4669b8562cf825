/** `aos governance approve`, `reject`, `withdraw` and `apply`: what people say to a proposal. */
import type { ProposalShape } from '@aos/protocol';
import { hashOf } from '../../access/signed-verbs.js';
import { withAccess } from '../../access/with-access.js';
import { describeAck } from '../../acks.js';
import { signerOf } from '../../compose/keys.js';
import { type Answer, CliError } from '../../output.js';
import {
  findProposal,
  type OneProposalVerb,
  refOf,
  type SignOptions,
  sayAbout,
} from './signing.js';

export type SaidVerb = 'apply' | 'approve' | 'reject' | 'withdraw';

export async function sayToProposal(
  path: string,
  proposal: number,
  { as, verb, shadow }: SignOptions & { readonly verb: SaidVerb; readonly shadow?: string },
): Promise<Answer> {
  const signer = signerOf(path, as);
  return withAccess(path, 'write', async (asked) => {
    const before = await findProposal(asked, proposal);
    const ack = await sayAbout(asked, signer, verbOf(verb, before, shadow));
    const after = await findProposal(asked, proposal);
    const { data, lines } = describeAck(ack);
    const { state, manifest } = after;
    if (verb === 'apply' && state !== 'applied') throw notApplied(after);
    const inForce = state === 'applied' ? [`in force: ${manifest}`] : [];
    return {
      data: { ...data, proposal, state, manifest },
      lines: [`proposal ${proposal} is ${state}`, ...inForce, ...lines],
      done: `it is durable as record ${ack.seq}`,
    };
  });
}

/** An approval is of one shadow: that which was given, or the one that there is. */
function verbOf(verb: SaidVerb, shape: ProposalShape, given: string | undefined): OneProposalVerb {
  const { proposal } = shape;
  if (verb === 'apply' || verb === 'withdraw') return { verb, proposal };
  const ref = refOf(shape);
  if (verb === 'reject') return { verb, ...ref };
  const hash = given ?? shape.shadow?.hash;
  if (hash !== undefined) return { verb, ...ref, shadowHash: hashOf(hash) };
  const next = `run 'aos governance shadow ${proposal}' first`;
  throw new CliError('proposal-not-shadowed', `there is nothing to judge it by: ${next}`);
}

function notApplied({ proposal, state }: ProposalShape): CliError {
  const why = `proposal ${proposal} is still ${state}`;
  return new CliError(
    'proposal-not-applied',
    `${why}; 'aos journal tail' shows what stood against`,
  );
}
