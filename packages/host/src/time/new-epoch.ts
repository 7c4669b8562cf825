/**
 * The record that begins a branch: a greater epoch, signed by an operator. What was in flight is
 * that of the other branch, and receipts and signatures of it hold no more.
 */
import { RefusalError } from '@aos/canon';
import { admit, type Need, step, type World } from '@aos/kernel';
import {
  AosFault,
  callLimitsOf,
  NONCE_BYTES,
  type StoredObject,
  type WorldStore,
} from '@aos/protocol';
import { type Clock, systemClock } from '../clock.js';
import type { Signer } from '../keys/key-files.js';
import { signVerb } from '../keys/signing.js';
import { type FillEntropy, Stamper, systemEntropy } from '../stamper.js';
import type { HostEngine } from '../world/host-engine.js';
import { serveNeed } from '../world/module-loader.js';

/** What branches are made with. */
export interface BranchPorts {
  readonly store: WorldStore;
  /** The last record that is durable, where somebody knows better than the store. */
  readonly durable?: number;
  readonly engine: HostEngine;
  /** The key of an operator. */
  readonly signer: Signer;
  readonly clock?: Clock;
  readonly fillEntropy?: FillEntropy;
}

/** A record, and what it needs. */
export interface BranchRecord {
  readonly world: World;
  readonly record: Uint8Array;
  readonly objects: readonly StoredObject[];
}

/**
 * The first record of a branch, on the world that it begins with. Throws RefusalError: `verb-key`
 * when the key is not an operator's there; and AosFault: `object-missing`.
 */
export function beginEpoch(world: World, epoch: number, ports: BranchPorts): BranchRecord {
  const { engine, signer, clock = systemClock, fillEntropy = systemEntropy } = ports;
  const nonce = new Uint8Array(NONCE_BYTES);
  fillEntropy(nonce);
  const place = { worldId: world.worldId, epoch: world.epoch, nonce };
  const raw = signVerb(signer, place, { verb: 'epoch', epoch });
  const admission = served(() => admit(world, raw, { engine }), world, ports);
  if (admission.kind === 'refused') throw new RefusalError(admission.refusal);
  if (admission.kind !== 'admitted') throw lost('the world takes no epoch');
  const origin = { logicalNowNs: world.logicalNowNs, wallNs: world.lastWallNs };
  const stamp = new Stamper(origin, clock, fillEntropy).next();
  const { input } = admission;
  const done = served(() => step(world, input, stamp, { engine }), world, ports);
  return { world: done.world, record: done.bytes, objects: done.objects };
}

/** Gives the kernel what it asks for until it asks for nothing more. */
function served<T extends { readonly kind: string }>(
  ask: () => T | Need,
  world: World,
  { store, engine }: BranchPorts,
): T {
  const loader = { store, engine, limits: callLimitsOf(world.runtime.limits) };
  for (;;) {
    const answer = ask();
    if (!isNeed(answer)) return answer;
    const refusal = serveNeed(answer, loader);
    if (refusal !== undefined) throw new AosFault(refusal.code, refusal.detail, { retry: 'never' });
  }
}

function isNeed(answer: { readonly kind: string }): answer is Need {
  return answer.kind === 'need';
}

function lost(message: string): AosFault {
  return new AosFault('runtime-error', message, { retry: 'never' });
}
