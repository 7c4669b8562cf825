/**
 * Grants with everything that they inherit.
 *
 * A grant that names a parent is a delegation: it holds only as long as each grant up to the first
 * one is there and has not expired, and all that each of them constrains holds for it as well.
 */
import type { GrantDefinition, WorldDefinition } from '@aos/air';
import { type Hash, ZERO_HASH } from '@aos/canon';
import { grantHash } from '@aos/protocol';
import type { Denial } from '../decision.js';
import { compileEnforcer, type Enforcer } from '../enforcers/enforcer.js';

/** Longest way from a grant to the first one that it was made from, itself among them. */
export const MAX_CHAIN = 64;

/** One grant of a chain. */
interface GrantLink {
  readonly name: string;
  readonly definition: GrantDefinition;
  readonly enforcer: Enforcer;
}

export interface CompiledGrant {
  readonly name: string;
  /** Identity of what is granted; ancestors have their own. */
  readonly hash: Hash;
  readonly capType: string;
  /** Itself, then its ancestors. */
  readonly chain: readonly GrantLink[];
  /** The link that expires first. */
  readonly firstExpiry: { readonly link: string; readonly ns: bigint } | undefined;
  /** Why nobody can use it, whatever is asked for. */
  readonly broken: Denial | undefined;
}

export function compileGrants(definition: WorldDefinition): ReadonlyMap<string, CompiledGrant> {
  const links = new Map(
    [...definition.grants].map(([name, granted]) => {
      const enforcer = compileEnforcer(name, granted, definition);
      return [name, { name, definition: granted, enforcer }] as const;
    }),
  );
  return new Map([...links.keys()].map((name) => [name, compileGrant(name, links)]));
}

type Links = ReadonlyMap<string, GrantLink>;

function compileGrant(name: string, links: Links): CompiledGrant {
  const { chain, broken } = chainOf(name, links);
  const { cap } = (chain[0] as GrantLink).definition;
  const expiry = firstExpiry(chain);
  return {
    name,
    hash: chainHash(chain),
    capType: cap.cap_type,
    chain,
    firstExpiry: expiry,
    broken,
  };
}

/** The hash of a grant holds that of its parent; of a parent that is not there the zero hash. */
function chainHash(chain: readonly GrantLink[]): Hash {
  let parent = ZERO_HASH;
  for (const { definition } of chain.toReversed()) {
    const { grant, cap, params } = definition;
    parent = grantHash({
      defcap: cap.name,
      capType: cap.cap_type,
      params,
      ...(grant.expiry_ns === undefined ? {} : { expiryNs: BigInt(grant.expiry_ns) }),
      ...(grant.budget === undefined ? {} : { budget: grant.budget }),
      ...(grant.parent === undefined ? {} : { parent }),
    });
  }
  return parent;
}

function chainOf(
  name: string,
  links: Links,
): { readonly chain: readonly GrantLink[]; readonly broken: Denial | undefined } {
  const chain: GrantLink[] = [];
  let next: string | undefined = name;
  while (next !== undefined) {
    const link = links.get(next);
    if (link === undefined) return { chain, broken: revoked(name, next) };
    if (chain.length === MAX_CHAIN) return { chain, broken: tooDeep(name) };
    chain.push(link);
    next = link.definition.grant.parent;
  }
  return { chain, broken: undefined };
}

function firstExpiry(chain: readonly GrantLink[]): CompiledGrant['firstExpiry'] {
  let first: CompiledGrant['firstExpiry'];
  for (const { name, definition } of chain) {
    const { expiry_ns } = definition.grant;
    if (expiry_ns === undefined) continue;
    const ns = BigInt(expiry_ns);
    if (first === undefined || ns < first.ns) first = { link: name, ns };
  }
  return first;
}

function revoked(name: string, ancestor: string): Denial {
  const at = `grant ${name} parent ${ancestor}`;
  return { code: 'grant-revoked', at, advice: `grant ${ancestor} again, or use another grant` };
}

function tooDeep(name: string): Denial {
  const advice = `make ${name} from a grant that is at most ${MAX_CHAIN - 1} steps from the first`;
  return { code: 'grant-chain-depth', at: `grant ${name}`, advice };
}
