/** The approval that an intent waits for. */
import type { Hash, Reader, Writer } from '@aos/canon';
import type { KeyRole } from '@aos/protocol';
import type { ApprovalRequest } from './decision.js';
import {
  readHashItem,
  readItems,
  readListOf,
  readOptional,
  readWord,
  writeItems,
  writeOptional,
} from './leaf-items.js';
import type { Ruling } from './policy/policy.js';

/** One signed yes. */
export interface GivenApproval {
  readonly keyId: Hash;
  /** Name of the key in the keyring when it signed. */
  readonly principal: string;
  /** Logical time after which it is worth nothing. */
  readonly expiresNs?: bigint;
}

export interface PendingApproval {
  /** Identity of the rule that asked: of what it says, not of its place. */
  readonly rule: Hash;
  readonly role: KeyRole;
  /** How many distinct principals must agree. */
  readonly count: number;
  /** Who may; absent for every holder of the role. */
  readonly of?: readonly string[];
  /** Logical time from which on it is too late. */
  readonly expiresNs?: bigint;
  /** In the order in which they were given, at most one of each key. */
  readonly given: readonly GivenApproval[];
}

/** What a rule asks of people before it lets a request through; null when it asks nothing. */
export function approvalOf({ says }: Ruling, logicalNowNs: bigint): PendingApproval | null {
  if (says.decision !== 'require_approval') return null;
  const { role, count, of, expires_ns } = says.approval;
  return {
    rule: says.identity,
    role,
    count,
    ...(of === undefined ? {} : { of }),
    ...(expires_ns === undefined ? {} : { expiresNs: addTime(logicalNowNs, BigInt(expires_ns)) }),
    given: [],
  };
}

/** The end of time: what is due then never comes. */
const LAST_NS = (1n << 64n) - 1n;

function addTime(ns: bigint, more: bigint): bigint {
  return ns + more > LAST_NS ? LAST_NS : ns + more;
}

/** What the journal says of it. */
export function approvalRequest(intent: Hash, approval: PendingApproval): ApprovalRequest {
  const { role, count, of, expiresNs } = approval;
  return {
    intent,
    role,
    count,
    ...(of === undefined ? {} : { of }),
    ...(expiresNs === undefined ? {} : { expiresNs }),
  };
}

const ROLES = ['operator', 'approver', 'host', 'adapter'] as const satisfies readonly KeyRole[];

/** `[rule, role, count, of, expires, given]`, nil for what is absent. */
export function writeApproval(w: Writer, approval: PendingApproval): void {
  w.listHead(6);
  w.bytes(approval.rule);
  w.text(approval.role);
  w.int(approval.count);
  writeOptional(w, approval.of, (of) => writeItems(w, of, writeText));
  writeOptional(w, approval.expiresNs, (ns) => w.int(ns));
  writeItems(w, approval.given, writeGiven);
}

export function readApproval(r: Reader): PendingApproval {
  readListOf(r, 6);
  const head = { rule: readHashItem(r), role: readWord(r, ROLES), count: r.nat() };
  const of = readOptional(r, () => readItems(r, (each) => each.text()));
  const expiresNs = readOptional(r, () => r.u64());
  return {
    ...head,
    ...(of === undefined ? {} : { of }),
    ...(expiresNs === undefined ? {} : { expiresNs }),
    given: readItems(r, readGiven),
  };
}

function writeText(w: Writer, text: string): void {
  w.text(text);
}

function writeGiven(w: Writer, { keyId, principal, expiresNs }: GivenApproval): void {
  w.listHead(3);
  w.bytes(keyId);
  w.text(principal);
  writeOptional(w, expiresNs, (ns) => w.int(ns));
}

function readGiven(r: Reader): GivenApproval {
  readListOf(r, 3);
  const given = { keyId: readHashItem(r), principal: r.text() };
  const expiresNs = readOptional(r, () => r.u64());
  return expiresNs === undefined ? given : { ...given, expiresNs };
}
