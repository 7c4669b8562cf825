/** `aos governance approve`, `reject`, `withdraw` and `apply`: what people say to a proposal. */
import type { ProposalShape } from '@aos/protocol';
import { expiryOf, hashOf } from '../../access/signed-verbs.js';
import { withAccess } from '../../access/with-access.js';
import { describeAck } from '../../acks.js';
import { signerOf } from '../../compose/keys.js';
import { dataOf } from '../../json-values.js';
import { type Answer, CliError } from '../../output.js';
import { printQuorum } from './proposals.js';
import {
  findProposal,
  type OneProposalVerb,
  refOf,
  type SignOptions,
  sayAbout,
} from './signing.js';

export type SaidVerb = 'apply' | 'approve' | 'reject' | 'withdraw';

export interface SaidOptions extends SignOptions {
  /** The report that is meant. */
  readonly shadow?: string;
  /** How long it counts from now on, in nanoseconds of logical time. */
  readonly expires?: bigint;
}

export async function sayToProposal(
  path: string,
  proposal: number,
  { as, verb, shadow, expires }: SaidOptions & { readonly verb: SaidVerb },
): Promise<Answer> {
  const signer = signerOf(path, as);
  return withAccess(path, 'write', async (asked) => {
    const before = await findProposal(asked, proposal);
    const says = verbOf(verb, before, shadow);
    const until = says.verb === 'approve' ? await expiryOf(asked, expires) : {};
    const ack = await sayAbout(asked, signer, { ...says, ...until });
    const after = await findProposal(asked, proposal);
    const { data, lines } = describeAck(ack);
    const { state, manifest } = after;
    if (verb === 'apply' && state !== 'applied') throw notApplied(after);
    const inForce = state === 'applied' ? [`in force: ${manifest}`] : [];
    const missing = verb === 'approve' ? printQuorum(after) : [];
    return {
      data: { ...data, proposal, state, manifest, quorum: dataOf(after.quorum) },
      lines: [`proposal ${proposal} is ${state}`, ...inForce, ...missing, ...lines],
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
