/** `aos governance approve`, `reject`, `withdraw` and `apply`: what people say to a proposal. */
import { toHashText } from '@aos/canon';
import type { ProposalShape } from '@aos/protocol';
import { expiryOf, hashOf } from '../../access/signed-verbs.js';
import { withAccess } from '../../access/with-access.js';
import { describeAck } from '../../acks.js';
import { signerOf } from '../../compose/keys.js';
import { dataOf } from '../../json-values.js';
import { type Answer, CliError } from '../../output.js';
import type { Tools } from '../../program/run-command.js';
import { oneLine } from '../../shown-text.js';
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
  /** Hash of the report that is meant, or `last` for whichever there is. */
  readonly shadow?: string;
  /** How long it counts from now on, in nanoseconds of logical time. */
  readonly expires?: bigint;
}

/** Where it is said, and what it is told to before it signs. */
interface SaidPlace extends Pick<Tools, 'tell'> {
  /** Somebody reads what is told: they may sign what they see. */
  readonly isAttended: boolean;
}

export async function sayToProposal(
  path: string,
  proposal: number,
  { as, verb, shadow, expires }: SaidOptions & { readonly verb: SaidVerb },
  place: SaidPlace,
): Promise<Answer> {
  const signer = signerOf(path, as);
  return withAccess(path, 'write', async (asked) => {
    const { proposal: before, lines: report } = await asked.call('governance.show', { proposal });
    const isSeen = shadow === undefined && place.isAttended;
    if (verb === 'approve' && isSeen) place.tell({ data: {}, lines: report.map(oneLine) });
    const says = verbOf(verb, before, isSeen ? LAST : shadow);
    const until = says.verb === 'approve' ? await expiryOf(asked, expires) : {};
    const ack = await sayAbout(asked, signer, { ...says, ...until });
    const after = await findProposal(asked, proposal);
    const { data, lines } = describeAck(ack);
    const { state, manifest } = after;
    if (verb === 'apply' && state !== 'applied') throw notApplied(after);
    const signed = says.verb === 'approve' ? [`signed: ${toHashText(says.shadowHash)}`] : [];
    const inForce = state === 'applied' ? [`in force: ${manifest}`] : [];
    const missing = verb === 'approve' ? printQuorum(after) : [];
    return {
      data: { ...data, proposal, state, manifest, quorum: dataOf(after.quorum) },
      lines: [`proposal ${proposal} is ${state}`, ...inForce, ...missing, ...signed, ...lines],
      done: `it is durable as record ${ack.seq}`,
    };
  });
}

/** The report that there is when it is signed. */
const LAST = 'last';

/**
 * An approval is of one shadow, which has to be named: whoever signs says what they have read, and
 * a newer one that came meanwhile is not it.
 */
function verbOf(verb: SaidVerb, shape: ProposalShape, given: string | undefined): OneProposalVerb {
  const { proposal } = shape;
  if (verb === 'apply' || verb === 'withdraw') return { verb, proposal };
  const ref = refOf(shape);
  if (verb === 'reject') return { verb, ...ref };
  const last = shape.shadow?.hash;
  if (last === undefined) {
    const next = `run 'aos governance shadow ${proposal}' first`;
    throw new CliError('proposal-not-shadowed', `there is nothing to judge it by: ${next}`);
  }
  if (given !== undefined) {
    return { verb, ...ref, shadowHash: hashOf(given === LAST ? last : given) };
  }
  const read = `read 'aos governance show ${proposal}', and say --shadow ${last}`;
  const message = `expected the report that is approved of: ${read}, or --shadow ${LAST}`;
  throw new CliError('shadow-not-named', message);
}

function notApplied({ proposal, state }: ProposalShape): CliError {
  const why = `proposal ${proposal} is still ${state}`;
  return new CliError(
    'proposal-not-applied',
    `${why}; 'aos journal tail' shows what stood against`,
  );
}
