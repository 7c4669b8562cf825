/**
 * What the outside asks of a grant after its effect was released: pure functions for whoever runs
 * it, so that neither redirects nor names, nor what a commit brings, lead beyond what was granted.
 */

import type { Denial } from './decision.js';
import { isReachable, privateAddress, redirectsExceeded } from './enforcers/http-out.js';
import { checkPatchScope, type PatchSummary } from './enforcers/patch-scope.js';
import type { Gate } from './gate.js';
import type { GatePorts } from './gate-ports.js';
import { checkConstraints } from './grants/constraints.js';
import { findGrant } from './grants/grant-check.js';
import type { CompiledGrant } from './grants/grants.js';
import type { EffectRequest } from './requests/effect-request.js';
import { isUnreadable, readRequest } from './requests/read-request.js';

/**
 * Whether a request may follow a redirect: `request` is what would be sent next, with the URL and
 * method it would have, and `hops` counts the redirects with this one. Codes: those of the grant
 * and of its enforcers, `redirects-exceeded`.
 */
export function checkRedirect(
  gate: Gate,
  request: EffectRequest,
  hops: number,
  ports: GatePorts,
): Denial | undefined {
  const subject = readRequest(gate, request, ports.paramsBytes);
  if (isUnreadable(subject)) return subject.denial;
  const { grant, denial } = findGrant(gate, subject);
  if (grant === undefined || denial !== undefined) return denial;
  for (const { name, enforcer } of grant.chain) {
    const most = enforcer.http?.maxRedirects;
    if (most !== undefined && hops > most) return redirectsExceeded(hops, name);
  }
  return checkConstraints(gate, grant, subject, ports).denial;
}

/**
 * Whether the grant of a request would let this one out too: its effect, its parameters and its
 * grant. Policies, rates and budgets are not asked. Codes: those of reading the request, of the
 * grant and of its enforcers.
 */
export function checkGrant(
  gate: Gate,
  request: EffectRequest,
  ports: GatePorts,
): Denial | undefined {
  const subject = readRequest(gate, request, ports.paramsBytes);
  if (isUnreadable(subject)) return subject.denial;
  const { grant, denial } = findGrant(gate, subject);
  if (grant === undefined || denial !== undefined) return denial;
  return checkConstraints(gate, grant, subject, ports).denial;
}

/**
 * Whether a grant lets a plan propose a patch that touches this. Codes: `grant-not-found`,
 * `grant-revoked`, `grant-chain-depth`, `section-not-allowed`, `namespace-not-allowed`.
 */
export function checkPatch(gate: Gate, cap: string, summary: PatchSummary): Denial | undefined {
  const grant = wholeGrant(gate, cap);
  if ('code' in grant) return grant;
  for (const { name, enforcer } of grant.chain) {
    const denied = enforcer.patch && checkPatchScope(enforcer.patch, summary, name);
    if (denied !== undefined) return denied;
  }
  return undefined;
}

/**
 * Whether a grant lets requests go to an address of 4 or 16 bytes that a name was resolved to.
 * Codes: `grant-not-found`, `grant-revoked`, `grant-chain-depth`, `address-not-allowed`.
 */
export function checkAddress(gate: Gate, cap: string, address: Uint8Array): Denial | undefined {
  const grant = wholeGrant(gate, cap);
  if ('code' in grant) return grant;
  const narrow = grant.chain.find(
    ({ enforcer }) => !isReachable(address, enforcer.http?.privateRanges),
  );
  return narrow && privateAddress('what the name stands for', narrow.name);
}

/** What a chain constrains is known of a whole one only: without a parent it would allow more. */
function wholeGrant(gate: Gate, cap: string): CompiledGrant | Denial {
  const grant = gate.grants.get(cap);
  if (grant !== undefined) return grant.broken ?? grant;
  const advice = `grant ${cap} again, or use another grant`;
  return { code: 'grant-not-found', at: `grant ${cap}`, advice };
}
