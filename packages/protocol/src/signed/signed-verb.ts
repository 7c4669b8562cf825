/**
 * Signed verbs: what people and hosts may ask of a world itself. The signature is over the world,
 * its epoch and a nonce, so a command is good once, in one world.
 */
import { type Hash, type Value, Writer } from '@aos/canon';
import { writeBytes, writeInt, writeText } from '../shapes/shape-writer.js';

/** Every verb, under the kind of input that carries it. */
export const VERBS = {
  control: ['pause', 'resume', 'drain', 'halt', 'epoch', 'runtime-upgrade'],
  keyring: ['keyring-add', 'keyring-revoke'],
  governance: ['approve-intent', 'propose', 'shadowed', 'approve', 'reject', 'withdraw', 'apply'],
} as const;

export type VerbKind = keyof typeof VERBS;
export type VerbName = (typeof VERBS)[VerbKind][number];

/** Arguments as they are signed: a map of the names that the verb has. */
export type VerbArgs = ReadonlyMap<Value, Value>;

export const NONCE_BYTES = 16;

/** What is signed, under {@link verbDomain}. */
export interface SignedVerb {
  readonly worldId: Hash;
  /** The epoch of the world at the time. */
  readonly epoch: number;
  readonly verb: VerbName;
  readonly args: VerbArgs;
  /** {@link NONCE_BYTES} bytes that the key never used before. */
  readonly nonce: Uint8Array;
}

/** Each verb has a domain of its own, so no signature is good for another. */
export function verbDomain(verb: VerbName): string {
  return `aos/${verb}/0`;
}

/** Canonical bytes of the shape that is signed. */
export function encodeSignedVerb(signed: SignedVerb): Uint8Array {
  const w = new Writer(256);
  w.selfDescribe();
  w.mapHead(5);
  w.text('args');
  w.value(signed.args);
  writeText(w, 'verb', signed.verb);
  writeInt(w, 'epoch', signed.epoch);
  writeBytes(w, 'nonce', signed.nonce);
  writeBytes(w, 'world_id', signed.worldId);
  return w.finish();
}
