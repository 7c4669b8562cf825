/**
 * Secrets on their way to adapters: worlds refer to them by alias and version, and only the host
 * resolves a reference, for one call, at the border to the outside.
 *
 * 1. Values are never in parameters, receipts, records, objects, messages or logs.
 * 2. A reference that cannot be resolved is a refusal; the effect fails with its code.
 */
import type { Hash, Result } from '@aos/canon';

/** A reference as parameters carry it: `sys/SecretRef@1`. */
export interface SecretRef {
  readonly alias: string;
  /** From 1 on. */
  readonly version: number | bigint;
}

/** The secrets of one call. */
export interface SecretPort {
  /**
   * The value of a secret that the parameters of the call refer to, bytes of the caller's own. Hand
   * it to whom it is for and forget it: where it shows in a receipt, frame or blob of the call,
   * the effect fails with `secret-echoed`. Refusals: `secret-not-referred`, `secret-unknown`,
   * `secret-unavailable`, and those of {@link SecretSource}.
   */
  resolve(ref: SecretRef): Promise<Result<Uint8Array>>;
  /**
   * Looks through text that the adapter reads from what it stores: the pieces of a streamed answer,
   * put together, may show a value that the bytes do not. Call it before the next chunk of the blob
   * is given, and before the blob ends; texts of one place are read on from call to call. Where it
   * says true the effect fails with `secret-echoed`, and the blob being stored is given up.
   */
  shows(text: string, place: string): boolean;
}

/** What a world declares of a secret, and which world it is. */
export interface SecretRequest extends SecretRef {
  readonly worldId: Hash;
  /** `binding_id` of its `defsecret`: where the value is, as `env:NAME` or `vault:name`. */
  readonly bindingId: string;
  /** Keyed digest that the value must have. */
  readonly expectedDigest?: Hash;
}

/** Where values are. Implemented by vaults, called by the host. */
export interface SecretSource {
  /** A refusal has a code that may enter worlds, and a message without anything of a value. */
  resolve(request: SecretRequest): Promise<Result<Uint8Array>>;
}
