/**
 * Proposals: changes of the definition that somebody has asked for, and how far each has come.
 *
 * 1. A proposal is immutable data and never leaves the world: what was refused stays refused.
 * 2. It binds the manifest it starts from and its patch; voices bind the shadow they are about.
 */
import type { Hash, Reader, Writer } from '@aos/canon';
import {
  readHashItem,
  readItems,
  readListOf,
  readOptional,
  readWord,
  writeItems,
  writeOptional,
} from '../gate/leaf-items.js';
import type { LeafCodec } from '../trie/leaf-codec.js';
import { u64be } from '../world/big-endian.js';

const PROPOSAL_STATES = [
  'proposed',
  'shadowed',
  'approved',
  'rejected',
  'withdrawn',
  'applied',
] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];

const DECISIONS = ['approve', 'reject'] as const;

/** Who acts: a key, under its name in the keyring, or a plan of the world itself. */
export interface Principal {
  /** Name of the key, or `world:` and the name of a plan. */
  readonly name: string;
  /** Null for a plan. */
  readonly keyId: Hash | null;
}

/** One voice for or against a proposal, about its present shadow. */
export interface Voice extends Principal {
  readonly decision: (typeof DECISIONS)[number];
  /** Logical time after which it is worth nothing. */
  readonly expiresNs?: bigint;
}

/** The run of both definitions beside each other that voices are about. */
export interface ProposalShadow {
  /** Of the report, an object of the world. */
  readonly hash: Hash;
  /** The record after which it was made. */
  readonly atSeq: number;
}

export interface Proposal {
  /** Counted from 0. */
  readonly id: number;
  readonly author: Principal;
  /** The manifest that the patch starts from. */
  readonly base: Hash;
  /** Of the canonical patch document, an object of the world. */
  readonly patchHash: Hash;
  /** The manifest that the patch leads to. */
  readonly manifest: Hash;
  readonly description: string;
  /** The effect that a plan proposed it by; null for what a key has proposed. */
  readonly intent: Hash | null;
  /** The record that proposed it. */
  readonly at: number;
  readonly state: ProposalState;
  readonly shadow: ProposalShadow | null;
  /** In the order in which they came, at most one of each principal. */
  readonly voices: readonly Voice[];
}

/** A leaf: a list of the fields in the order of {@link Proposal}. */
export const proposalCodec: LeafCodec<Proposal> = {
  keyOf: ({ id }) => u64be(id),
  write(w, proposal) {
    w.listHead(11);
    w.int(proposal.id);
    writePrincipal(w, proposal.author);
    w.bytes(proposal.base);
    w.bytes(proposal.patchHash);
    w.bytes(proposal.manifest);
    w.text(proposal.description);
    writeOptional(w, proposal.intent ?? undefined, (hash) => w.bytes(hash));
    w.int(proposal.at);
    w.text(proposal.state);
    writeOptional(w, proposal.shadow ?? undefined, ({ hash, atSeq }) => {
      w.listHead(2);
      w.bytes(hash);
      w.int(atSeq);
    });
    writeItems(w, proposal.voices, writeVoice);
  },
  read(r) {
    readListOf(r, 11);
    return {
      id: r.nat(),
      author: readPrincipal(r),
      base: readHashItem(r),
      patchHash: readHashItem(r),
      manifest: readHashItem(r),
      description: r.text(),
      intent: readOptional(r, () => readHashItem(r)) ?? null,
      at: r.nat(),
      state: readWord(r, PROPOSAL_STATES),
      shadow: readOptional(r, () => readShadow(r)) ?? null,
      voices: readItems(r, readVoice),
    };
  },
};

function writePrincipal(w: Writer, { name, keyId }: Principal): void {
  w.listHead(2);
  w.text(name);
  writeOptional(w, keyId ?? undefined, (id) => w.bytes(id));
}

function readPrincipal(r: Reader): Principal {
  readListOf(r, 2);
  return { name: r.text(), keyId: readOptional(r, () => readHashItem(r)) ?? null };
}

function readShadow(r: Reader): ProposalShadow {
  readListOf(r, 2);
  return { hash: readHashItem(r), atSeq: r.nat() };
}

function writeVoice(w: Writer, voice: Voice): void {
  w.listHead(3);
  writePrincipal(w, voice);
  w.text(voice.decision);
  writeOptional(w, voice.expiresNs, (ns) => w.int(ns));
}

function readVoice(r: Reader): Voice {
  readListOf(r, 3);
  const voice = { ...readPrincipal(r), decision: readWord(r, DECISIONS) };
  const expiresNs = readOptional(r, () => r.u64());
  return expiresNs === undefined ? voice : { ...voice, expiresNs };
}
