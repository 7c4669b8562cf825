/** What verbs that hand an input in have in common, and the signed ones of them. */
import type { WaitLevel } from './shapes.js';

export type HashArg = string | Uint8Array;

export interface WaitArgs {
  /** Default `durable`. */
  readonly wait?: WaitLevel;
  /** How long rest is waited for at most, default 30,000. */
  readonly timeout_ms?: number;
}

/** Who signed, and the signature. */
export interface SignatureArgs {
  readonly key_id: HashArg;
  readonly sig: Uint8Array;
}

/** A verb that is signed with world, epoch and nonce; `args` is their canonical CBOR. */
export interface SignedVerbArgs extends SignatureArgs, WaitArgs {
  readonly verb: string;
  readonly args: Uint8Array;
  readonly nonce: Uint8Array;
}
