/** What is decided about: a request with canonical parameters, a key and an identity. */
import type { Hash } from '@aos/canon';
import { isReducerOrigin, type Origin } from '@aos/protocol';
import type { EffectParams } from './effect-params.js';
import type { EffectRequest } from './effect-request.js';
import type { GateEffect } from './gate-effect.js';

export interface Subject {
  readonly request: EffectRequest;
  /** The manifest that says what the effect is. */
  readonly manifest: Hash;
  readonly effect: GateEffect;
  /** Canonical in the schema of the effect's parameters. */
  readonly params: EffectParams;
  readonly idempotencyKey: Uint8Array;
  readonly hash: Hash;
}

/** Name of the reducer or plan that asks. */
export function originName(origin: Origin): string {
  return isReducerOrigin(origin) ? origin.reducer : origin.plan;
}
