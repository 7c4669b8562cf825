/** The part of a world that its changes of itself are remembered in. */
import { bytesEqual } from '@aos/canon';
import type { OpenIntent } from '../gate/open-intent.js';
import type { TrieSource } from '../trie/leaf-codec.js';
import { Trie } from '../trie/trie.js';
import { type Proposal, proposalCodec } from './proposal.js';

export interface GovernanceState {
  /** By id; the next one has the number of those there are. */
  readonly proposals: Trie<Proposal>;
  /** How many of them are open: neither rejected, withdrawn nor applied. */
  readonly open: number;
}

/** Most proposals that are open at once. */
export const MAX_OPEN_PROPOSALS = 1000;

export function emptyGovernance(source: TrieSource): GovernanceState {
  return { proposals: Trie.empty(proposalCodec, source), open: 0 };
}

export function isOpen({ state }: Pick<Proposal, 'state'>): boolean {
  return state === 'proposed' || state === 'shadowed' || state === 'approved';
}

/** The state with this proposal as it is now. */
export function saveProposal(state: GovernanceState, proposal: Proposal): GovernanceState {
  const proposals = state.proposals.set(proposal);
  const before = findProposal(state, proposal.id);
  const was = before !== undefined && isOpen(before) ? 1 : 0;
  return { proposals, open: state.open - was + (isOpen(proposal) ? 1 : 0) };
}

export function findProposal({ proposals }: GovernanceState, id: number): Proposal | undefined {
  return proposals.get(proposalCodec.keyOf({ id } as Proposal));
}

/** What an open effect of a plan has proposed already; looks at what was proposed since it came. */
export function findAsked(
  { governance }: { readonly governance: GovernanceState },
  { hash, openedAt }: Pick<OpenIntent, 'hash' | 'openedAt'>,
): Proposal | undefined {
  for (const proposal of governance.proposals.range({ reverse: 'reverse' })) {
    if (proposal.at < openedAt.seq) return undefined;
    if (proposal.intent !== null && bytesEqual(proposal.intent, hash)) return proposal;
  }
  return undefined;
}
