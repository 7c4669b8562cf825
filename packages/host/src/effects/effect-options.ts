/** How effects of a world are run. */
import type { Hash } from '@aos/canon';
import type { Adapter, BindAdapter, SecretSource } from '@aos/protocol';
import type { Signer } from '../keys/key-files.js';

/** Starts of one intent before its receipt says that it failed. */
export interface RetryPolicy {
  /** Starts altogether. Default 5. */
  readonly starts: number;
  /** Longest wait before the second start; each further one may be twice as long. Default 250. */
  readonly firstMs: number;
  /** Longest wait of all. Default 30,000. */
  readonly mostMs: number;
}

export interface EffectOptions {
  /** Serve the kinds of effects, each one of them at most once. Whoever made them closes them. */
  readonly adapters: readonly Adapter[];
  /** Made for this world, for kinds that nobody of `adapters` serves. */
  readonly bound?: readonly BindAdapter[];
  /** Signs receipts. Its key has to have the role `host` or `adapter` in the world's keyring. */
  readonly signer: Signer;
  /** An operator of the world, who adds the key of `signer` when it is not in the keyring yet. */
  readonly operator?: Signer;
  /** Resolves the secrets that effects refer to; without it none can be. */
  readonly secrets?: SecretSource;
  /** Opens the world though adapters are missing; intents of theirs stay open. */
  readonly allowMissing?: boolean;
  /** Starts of a kind that may run at once. Default 64, and any number of `timer.set`. */
  readonly concurrency?: Readonly<Record<string, number>>;
  readonly retry?: Partial<RetryPolicy>;
  /** From 0 up to, not including, 1; spreads retries. */
  readonly random?: () => number;
  /** How long a close waits for what runs before it calls it off. Default 5,000. */
  readonly drainMs?: number;
  /** How long an adapter may take to end what was called off. Default 5,000. */
  readonly graceMs?: number;
  /** Told of defects of adapters: what they threw. */
  readonly onDefect?: (defect: AdapterDefect) => void;
}

export interface AdapterDefect {
  readonly adapter: string;
  readonly intent: Hash;
  readonly cause: unknown;
}

/** An effect that came to nothing, for people: in the world it is a receipt like any other. */
export interface DeadLetter {
  readonly intent: Hash;
  readonly effect: string;
  readonly code: string;
  /** How often it was started. */
  readonly starts: number;
  /** Logical time. */
  readonly atNs: bigint;
}

/** The kind whose effects only wait for time. */
export const TIMER_KIND = 'timer.set';

export const DEFAULT_RETRY: RetryPolicy = { starts: 5, firstMs: 250, mostMs: 30_000 };
export const DEFAULT_CONCURRENCY = 64;
export const DEFAULT_DRAIN_MS = 5000;
export const DEFAULT_GRACE_MS = 5000;

const NS_PER_MS = 1_000_000n;

export function nsOf(ms: number): bigint {
  return BigInt(Math.ceil(ms)) * NS_PER_MS;
}

/**
 * How long to wait after so many starts: at random between half of it and all of a time that
 * doubles, so that what failed together is not tried again together.
 */
export function retryDelayNs(policy: RetryPolicy, starts: number, random: () => number): bigint {
  const longestMs = Math.min(policy.mostMs, policy.firstMs * 2 ** (starts - 1));
  return nsOf(longestMs * (0.5 + random() / 2));
}
