/** From the files of a world to a host that runs it. */
import { wakeAtOf } from '@aos/kernel';
import { NONCE_BYTES, type WorldStore } from '@aos/protocol';
import { systemClock } from './clock.js';
import type { EffectOptions } from './effects/effect-options.js';
import { setUpEffects } from './effects/runner-setup.js';
import { type GovernedHost, withGovernance } from './governance/governance-adapter.js';
import { type ShadowRunner, shadowHere } from './governance/shadow-runner.js';
import { withIntrospection } from './introspect/introspect-adapter.js';
import { withBound } from './lent/lent-world.js';
import { Stepper } from './loop/stepper.js';
import { systemTimer } from './loop/wake-timer.js';
import { observeHost, type WorldObserver } from './observe/observer.js';
import { type FillEntropy, Stamper, systemEntropy } from './stamper.js';
import type { HostEngine } from './world/host-engine.js';
import { type OpenFrom, openWorld } from './world/open-world.js';
import type { SharedDefinitions } from './world/shared-definitions.js';
import { WorldHost } from './world-host.js';
import type { WorldHostSettings } from './world-host-settings.js';

export interface WorldHostOptions extends WorldHostSettings {
  readonly store: WorldStore;
  readonly engine: HostEngine;
  /** `genesis` passes over every snapshot, and a next one is made from the journal alone. */
  readonly from?: OpenFrom;
  /** For several worlds in one process: what they have in common is read once. */
  readonly definitions?: SharedDefinitions;
  readonly fillEntropy?: FillEntropy;
  /** Logs, metrics, traces, audits: told of what happens, without a say in it. */
  readonly observers?: readonly WorldObserver[];
  /** Who runs shadows that plans ask for; this thread when absent. */
  readonly shadow?: ShadowRunner;
  /** Runs the effects of the world. Without it they stay open, and receipts are handed in. */
  readonly effects?: EffectOptions;
}

/**
 * Opens a world for writing: from its last snapshot and the records after it, or from genesis. What
 * fell due meanwhile, and work that was left over, comes before any input. Throws AosFault;
 * `world-diverged` when the journal does not replay to itself. A world that a defect halted opens
 * for reading, and for clearing the halt. With `effects` also `adapter-missing`, `adapter-twice`,
 * `host-key-unknown`, `host-key-revoked`.
 */
export function openWorldHost(options: WorldHostOptions): WorldHost {
  const { store, engine, clock = systemClock, fillEntropy = systemEntropy } = options;
  const { world, ...opening } = openWorld(store, engine, options.from, options.definitions);
  const origin = { logicalNowNs: world.logicalNowNs, wallNs: world.lastWallNs };
  const stamper = new Stamper(origin, clock, fillEntropy);
  const stepper = new Stepper(world, wakeAtOf(world), { engine, store }, stamper);
  const shadow = options.shadow ?? shadowHere(store, engine);
  const own = withIntrospection(options.effects?.adapters ?? [], store, () => stepper.world);
  const lent = { store, engine, host: () => host };
  const bound = withBound(own, options.effects?.bound ?? [], lent);
  const adapters =
    options.effects === undefined
      ? own
      : withGovernance(bound, { host: () => governed, signer: options.effects.signer, shadow });
  const effects =
    options.effects &&
    setUpEffects({ ...options.effects, adapters }, world, {
      engine,
      clock,
      logicalNowNs: () => stamper.logicalNowNs(),
      startTimer: options.startTimer ?? systemTimer,
      readObject: (hash) => store.object(hash),
      cryptoThreads: options.cryptoThreads ?? 'beside',
    });
  const host = new WorldHost(store, stepper, { ...options, opening, effects });
  const governed: GovernedHost = {
    get world() {
      return stepper.world;
    },
    get durableSeq() {
      return store.durable;
    },
    submit: (input) => host.submit(input),
    object: (hash) => store.object(hash),
    storeObject: (object) => host.storeObject(object),
    newNonce: () => {
      const nonce = new Uint8Array(NONCE_BYTES);
      fillEntropy(nonce);
      return nonce;
    },
  };
  observeHost(host, options.observers ?? [], { now: () => stepper.world, store });
  return host;
}
