/**
 * What each signed verb says: its arguments, typed. Signing and journaling take the arguments as a
 * map; the kernel acts on what {@link parseVerb} makes of them.
 */
import { attempt, type Hash, type Result, type Value } from '@aos/canon';
import { checkKeyName, type KeyRole, PUBLIC_KEY_BYTES, parseRoles } from '../genesis/keyring.js';
import { parseRuntime, type RuntimeNumbers, runtimeValue } from '../genesis/runtime.js';
import { Fields } from '../shapes/shape-fields.js';
import { shapeRefusal } from '../shapes/shape-reader.js';
import {
  type GovernanceVerb,
  governanceVerbArgs,
  isGovernanceVerb,
  parseGovernanceVerb,
} from './governance-verb.js';
import { integerOf } from './integer-args.js';
import type { VerbArgs, VerbName } from './signed-verb.js';

const APPROVAL_DECISIONS = ['approve', 'reject'] as const;
export type ApprovalDecision = (typeof APPROVAL_DECISIONS)[number];

export type Verb =
  | { readonly verb: 'pause' | 'resume' | 'drain' }
  /** `code` says why, as a stable code: kebab-case, at most 64 characters. */
  | { readonly verb: 'halt'; readonly code: string }
  | { readonly verb: 'epoch'; readonly epoch: number }
  /** The numbers that are in force from the next record on. */
  | { readonly verb: 'runtime-upgrade'; readonly runtime: RuntimeNumbers }
  | {
      readonly verb: 'keyring-add';
      readonly publicKey: Uint8Array;
      readonly name: string;
      readonly roles: readonly KeyRole[];
    }
  | { readonly verb: 'keyring-revoke'; readonly keyId: Hash }
  | {
      readonly verb: 'approve-intent';
      readonly intentHash: Hash;
      readonly decision: ApprovalDecision;
      /** Logical time after which the approval is worth nothing, nanoseconds. */
      readonly expiresNs?: bigint;
    }
  | GovernanceVerb;

const CODE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const CODE_CHARS = 64;

/**
 * Reads the arguments of a verb, exactly those that it has. Codes: `verb-args` for texts out of
 * their bounds, `shape-*` for other fields than the verb has, `key-role`, `runtime-unsupported`.
 */
export function parseVerb(verb: VerbName, args: VerbArgs): Result<Verb> {
  return attempt(() => {
    if (verb === 'runtime-upgrade') return { verb, runtime: parseRuntime(args) };
    const fields = new Fields(args);
    const parsed = isGovernanceVerb(verb)
      ? parseGovernanceVerb(verb, fields)
      : parseArgs(verb, fields);
    fields.end();
    return parsed;
  });
}

type PlainVerb = Exclude<VerbName, 'runtime-upgrade' | GovernanceVerb['verb']>;

function parseArgs(verb: PlainVerb, fields: Fields): Verb {
  switch (verb) {
    case 'pause':
    case 'resume':
    case 'drain':
      return { verb };
    case 'halt':
      return { verb, code: checkCode(fields.text('code')) };
    case 'epoch':
      return { verb, epoch: fields.nat('epoch') };
    case 'keyring-add':
      return {
        verb,
        publicKey: fields.exact('public', PUBLIC_KEY_BYTES),
        name: checkKeyName(fields.text('name')),
        roles: parseRoles(fields.texts('roles')),
      };
    case 'keyring-revoke':
      return { verb, keyId: fields.hash('key_id') };
    case 'approve-intent':
      return {
        verb,
        intentHash: fields.hash('intent_hash'),
        decision: fields.oneOf('decision', APPROVAL_DECISIONS),
        ...(fields.has('expires_ns') ? { expiresNs: fields.u64('expires_ns') } : {}),
      };
  }
}

function checkCode(code: string): string {
  if (code.length <= CODE_CHARS && CODE.test(code)) return code;
  throw shapeRefusal('verb-args', `a code of lower-case words is expected, found '${code}'`);
}

/** The arguments as they are signed and journaled; the opposite of {@link parseVerb}. */
export function verbArgs(verb: Verb): VerbArgs {
  switch (verb.verb) {
    case 'pause':
    case 'resume':
    case 'drain':
      return new Map();
    case 'halt':
      return new Map([['code', verb.code]]);
    case 'epoch':
      return new Map([['epoch', verb.epoch]]);
    case 'runtime-upgrade':
      return runtimeValue(verb.runtime);
    case 'keyring-add':
      return new Map<Value, Value>([
        ['public', verb.publicKey],
        ['name', verb.name],
        ['roles', verb.roles],
      ]);
    case 'keyring-revoke':
      return new Map([['key_id', verb.keyId]]);
    case 'approve-intent': {
      const args = new Map<Value, Value>([
        ['intent_hash', verb.intentHash],
        ['decision', verb.decision],
      ]);
      const { expiresNs } = verb;
      return expiresNs === undefined ? args : args.set('expires_ns', integerOf(expiresNs));
    }
    default:
      return governanceVerbArgs(verb);
  }
}
