/** `governance-changed`: where a proposal stands from the next record on (spec P18). */
import type { Hash, Writer } from '@aos/canon';
import type { Fields } from '../shapes/shape-fields.js';
import { writeBytes, writeInt, writeText } from '../shapes/shape-writer.js';
import { type Cause, parseCause, writeCause } from './cause.js';

/**
 * What happened to a proposal. `approval` and `rejection` are one voice, `approved` and `rejected`
 * what the voices amount to, `retracted` that they do not amount to an approval any more; `voided`
 * are the voices that a new shadow or epoch makes worthless.
 */
const PROPOSAL_CHANGES = [
  'proposed',
  'shadowed',
  'voided',
  'approval',
  'approved',
  'retracted',
  'rejection',
  'rejected',
  'withdrawn',
  'applied',
] as const;
export type ProposalChange = (typeof PROPOSAL_CHANGES)[number];

export interface GovernanceChangedEntry {
  readonly kind: 'governance-changed';
  readonly cause: Cause;
  readonly proposal: number;
  readonly change: ProposalChange;
  /** Name of the key, or `world:` and the name of a plan. */
  readonly principal: string;
  /**
   * The patch when proposed or withdrawn, the new manifest when applied, the shadow report that
   * counts otherwise; the patch where there is none.
   */
  readonly hash: Hash;
}

export function writeGovernanceChanged(w: Writer, entry: GovernanceChangedEntry): void {
  w.mapHead(6);
  writeBytes(w, 'hash', entry.hash);
  writeText(w, 'kind', entry.kind);
  writeCause(w, entry.cause);
  writeText(w, 'change', entry.change);
  writeInt(w, 'proposal', entry.proposal);
  writeText(w, 'principal', entry.principal);
}

export function parseGovernanceChanged(fields: Fields): GovernanceChangedEntry {
  return {
    kind: 'governance-changed',
    cause: parseCause(fields),
    proposal: fields.nat('proposal'),
    change: fields.oneOf('change', PROPOSAL_CHANGES),
    principal: fields.text('principal'),
    hash: fields.hash('hash'),
  };
}
