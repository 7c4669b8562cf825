/** The grant of a request: whether it is there, fits, and still holds. */

import type { Denial } from '../decision.js';
import type { Gate } from '../gate.js';
import type { Subject } from '../requests/subject.js';
import type { CompiledGrant } from './grants.js';

export type Granted =
  | { readonly grant: CompiledGrant; readonly denial: Denial | undefined }
  | { readonly grant?: undefined; readonly denial: Denial };

/**
 * Codes: `grant-not-found`, `grant-type-mismatch`, `grant-revoked`, `grant-chain-depth`,
 * `grant-expired`. A grant that is there comes with its denial, so that the decision can name it.
 */
export function findGrant(gate: Gate, subject: Subject): Granted {
  const { effect, request } = subject;
  const grant = gate.grants.get(request.cap);
  if (grant === undefined) return { denial: missing(request.cap) };
  const denial =
    checkType(grant, effect.kind, effect.capType) ??
    grant.broken ??
    checkExpiry(grant, request.now.logicalNowNs);
  return { grant, denial };
}

function checkType(grant: CompiledGrant, kind: string, capType: string): Denial | undefined {
  if (grant.capType === capType) return undefined;
  const advice = `${kind} needs a grant of the type ${capType}, ${grant.name} is ${grant.capType}`;
  return { code: 'grant-type-mismatch', at: `grant ${grant.name} cap`, advice };
}

/** A grant holds up to its expiry, and no longer at that very moment. */
function checkExpiry(grant: CompiledGrant, logicalNowNs: bigint): Denial | undefined {
  const { firstExpiry } = grant;
  if (firstExpiry === undefined || logicalNowNs < firstExpiry.ns) return undefined;
  const { link, ns } = firstExpiry;
  const advice = `raise expiry_ns of ${link} beyond ${logicalNowNs}; it is ${ns}`;
  return { code: 'grant-expired', at: `grant ${link} expiry_ns`, advice };
}

function missing(name: string): Denial {
  const advice = `add a grant ${name} to defaults.cap_grants, or name one that is there`;
  return { code: 'grant-not-found', at: `grant ${name}`, advice };
}
