/**
 * The verbs with which a world's definition is changed. An approval names everything that it is
 * about, so that it is worth nothing for another base, patch or shadow.
 */
import type { Hash, Value } from '@aos/canon';
import type { Fields } from '../shapes/shape-fields.js';
import { shapeRefusal } from '../shapes/shape-reader.js';
import { integerOf } from './integer-args.js';
import type { VerbArgs, VerbName } from './signed-verb.js';

/** What of a proposal a signature is about. */
export interface ProposalRef {
  readonly proposal: number;
  /** The manifest that the patch starts from. */
  readonly base: Hash;
  readonly patchHash: Hash;
}

export type GovernanceVerb =
  /** `patchHash`: the canonical patch document, an object of the world. */
  | {
      readonly verb: 'propose';
      readonly base: Hash;
      readonly patchHash: Hash;
      /** At most {@link MAX_DESCRIPTION_CHARS} characters; may be empty. */
      readonly description: string;
      /** The open effect of a plan that a host proposes this for. */
      readonly intent?: Hash;
    }
  /** `shadowHash`: the report, an object of the world; `atSeq`: the record it was made after. */
  | (ProposalRef & {
      readonly verb: 'shadowed';
      readonly shadowHash: Hash;
      readonly atSeq: number;
    })
  | (ProposalRef & {
      readonly verb: 'approve';
      readonly shadowHash: Hash;
      /** Logical time after which the approval is worth nothing, nanoseconds. */
      readonly expiresNs?: bigint;
    })
  | (ProposalRef & { readonly verb: 'reject' })
  | { readonly verb: 'withdraw' | 'apply'; readonly proposal: number };

export const MAX_DESCRIPTION_CHARS = 4096;

const NAMES: readonly VerbName[] = [
  'propose',
  'shadowed',
  'approve',
  'reject',
  'withdraw',
  'apply',
] satisfies readonly GovernanceVerb['verb'][];

export function isGovernanceVerb(verb: VerbName): verb is GovernanceVerb['verb'] {
  return NAMES.includes(verb);
}

/** Codes: `verb-args` for a description out of its bounds, `shape-*`. */
export function parseGovernanceVerb(verb: GovernanceVerb['verb'], fields: Fields): GovernanceVerb {
  switch (verb) {
    case 'propose':
      return {
        verb,
        base: fields.hash('base'),
        patchHash: fields.hash('patch_hash'),
        description: checkDescription(fields.text('description')),
        ...(fields.has('intent') ? { intent: fields.hash('intent') } : {}),
      };
    case 'shadowed':
      return {
        verb,
        ...refOf(fields),
        shadowHash: fields.hash('shadow_hash'),
        atSeq: fields.nat('at_seq'),
      };
    case 'approve':
      return {
        verb,
        ...refOf(fields),
        shadowHash: fields.hash('shadow_hash'),
        ...(fields.has('expires_ns') ? { expiresNs: fields.u64('expires_ns') } : {}),
      };
    case 'reject':
      return { verb, ...refOf(fields) };
    default:
      return { verb, proposal: fields.nat('proposal') };
  }
}

/** The arguments as they are signed and journaled; the opposite of the parser. */
export function governanceVerbArgs(verb: GovernanceVerb): VerbArgs {
  switch (verb.verb) {
    case 'propose': {
      const args = new Map<Value, Value>([
        ['base', verb.base],
        ['patch_hash', verb.patchHash],
        ['description', verb.description],
      ]);
      return verb.intent === undefined ? args : args.set('intent', verb.intent);
    }
    case 'shadowed':
      return refArgs(verb).set('shadow_hash', verb.shadowHash).set('at_seq', verb.atSeq);
    case 'approve': {
      const args = refArgs(verb).set('shadow_hash', verb.shadowHash);
      const { expiresNs } = verb;
      return expiresNs === undefined ? args : args.set('expires_ns', integerOf(expiresNs));
    }
    case 'reject':
      return refArgs(verb);
    default:
      return new Map([['proposal', verb.proposal]]);
  }
}

function refOf(fields: Fields): ProposalRef {
  return {
    proposal: fields.nat('proposal'),
    base: fields.hash('base'),
    patchHash: fields.hash('patch_hash'),
  };
}

function refArgs({ proposal, base, patchHash }: ProposalRef): Map<Value, Value> {
  return new Map<Value, Value>([
    ['proposal', proposal],
    ['base', base],
    ['patch_hash', patchHash],
  ]);
}

function checkDescription(text: string): string {
  if (text.length <= MAX_DESCRIPTION_CHARS) return text;
  const detail = `a description of at most ${MAX_DESCRIPTION_CHARS} characters is expected`;
  throw shapeRefusal('verb-args', `${detail}, found ${text.length}`);
}
