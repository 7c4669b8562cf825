/** Policies: which effects are let through, which wait for a person, and who may change a world. */
import {
  distinct,
  type FormValue,
  flag,
  integer,
  list,
  object,
  oneOf,
  positive,
  someOf,
} from './form.js';
import { dottedKind, kind, localName, name, principal } from './names.js';
import { byPresence, taggedBy } from './unions.js';

/** Signatures that one decision may ask for. */
const MAX_QUORUM = 64;

/** Effects that one window of a rate limit may let through. */
const MAX_RATE_COUNT = 1_000_000;

/** Every field that is there must match; without fields every effect matches. */
const ruleMatch = object({
  required: {},
  optional: {
    effect_kind: dottedKind,
    cap_name: localName,
    cap_type: dottedKind,
    origin_kind: oneOf('plan', 'reducer'),
    origin_name: name,
  },
});

const count = integer(1, MAX_RATE_COUNT);

/** At most `count` effects in any window of logical time or of records. */
const rateLimit = byPresence({
  per_ns: object({ required: { count, per_ns: positive } }),
  per_records: object({ required: { count, per_records: positive } }),
});

/** `count` distinct holders of a role, or of those named in `of`. */
const quorum = {
  role: oneOf('operator', 'approver', 'host', 'adapter'),
  count: integer(1, MAX_QUORUM),
};

const approval = object({
  required: quorum,
  optional: { of: distinct(principal), expires_ns: positive },
});

const rule = taggedBy('decision', {
  allow: object({
    required: { when: ruleMatch, decision: oneOf('allow') },
    optional: { rate_limit: rateLimit },
  }),
  deny: object({ required: { when: ruleMatch, decision: oneOf('deny') } }),
  require_approval: object({
    required: { when: ruleMatch, decision: oneOf('require_approval'), approval },
    optional: { rate_limit: rateLimit },
  }),
});

const governanceRule = object({
  required: {
    verb: oneOf('propose', 'shadow', 'approve', 'reject', 'withdraw', 'apply', 'keyring'),
    ...quorum,
  },
  optional: { of: distinct(principal), not_own: flag },
});

export const defPolicy = object({
  required: { $kind: kind('defpolicy'), name, rules: list(rule) },
  optional: { governance: someOf(governanceRule) },
  dropped: ['$comment'],
});

export type DefPolicy = FormValue<typeof defPolicy>;
export type PolicyRule = FormValue<typeof rule>;
export type PolicyMatch = FormValue<typeof ruleMatch>;
export type RateLimit = FormValue<typeof rateLimit>;
export type ApprovalRule = FormValue<typeof approval>;
export type GovernanceRule = FormValue<typeof governanceRule>;
