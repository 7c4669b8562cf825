/** What a runner of effects is made of, checked before the world opens. */
import { bytesEqual, type Result, toHashText, toHex } from '@aos/canon';
import type { KeyState, World } from '@aos/kernel';
import {
  type Adapter,
  AosFault,
  type Engine,
  type ObjectReader,
  type StoredObject,
} from '@aos/protocol';
import type { Clock } from '../clock.js';
import type { Signer } from '../keys/key-files.js';
import type { CryptoThreads } from '../keys/signature-wait.js';
import { signVerb } from '../keys/signing.js';
import type { Ack } from '../loop/acks.js';
import type { EffectStart } from '../loop/host-watch.js';
import type { SubmittedInput } from '../loop/intake.js';
import type { StartTimer } from '../loop/wake-timer.js';
import { assertPrograms, assertServed, tableOf } from './adapter-table.js';
import {
  DEFAULT_GRACE_MS,
  DEFAULT_RETRY,
  type EffectOptions,
  nsOf,
  type RetryPolicy,
} from './effect-options.js';
import { HostEffectClock } from './host-effect-clock.js';

/** The world as its host lends it to the runner. */
export interface EffectWorld {
  /** Of this moment, which may be ahead of what is durable. */
  readonly world: World;
  /** Whether effects may be started: the world runs, and nothing has stopped it. */
  readonly isStarting: boolean;
  /** Whether receipts can be handed in. */
  readonly isTaking: boolean;
  /** As `WorldHost.submit` does. */
  submit(input: SubmittedInput): Promise<Result<Ack>>;
  /** Resolves when the object is durable; rejects with AosFault. */
  store(object: StoredObject): Promise<void>;
  /** An adapter was given an intent; for whoever watches. */
  started(start: EffectStart): void;
  /** Reading the world has failed: it is stopped until it is opened again. */
  failed(cause: unknown): void;
}

export interface RunnerSetup {
  readonly options: EffectOptions;
  /** That of the options, made to sign where the host says. */
  readonly signer: Signer;
  readonly table: ReadonlyMap<string, Adapter>;
  readonly retry: RetryPolicy;
  readonly random: () => number;
  readonly graceNs: bigint;
  readonly engine: Engine;
  readonly readObject: ObjectReader;
  readonly clock: HostEffectClock;
  readonly startTimer: StartTimer;
}

export interface SetupPorts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly logicalNowNs: () => bigint;
  readonly startTimer: StartTimer;
  readonly readObject: ObjectReader;
  readonly cryptoThreads: CryptoThreads;
}

/**
 * Faults: `adapter-twice`, `adapter-missing`, `host-key-unknown`, `host-key-revoked`, and of
 * programs `object-missing` and the codes of `checkWasiModule`.
 */
export function setUpEffects(options: EffectOptions, world: World, ports: SetupPorts): RunnerSetup {
  const table = tableOf(options.adapters, world);
  if (options.allowMissing !== true) assertServed(world, table);
  assertPrograms(world, table, ports.readObject);
  assertKey(options, world);
  const { engine, clock, logicalNowNs, startTimer, readObject } = ports;
  return {
    options,
    signer: ports.cryptoThreads === 'none' ? signerHere(options.signer) : options.signer,
    table,
    retry: { ...DEFAULT_RETRY, ...options.retry },
    random: options.random ?? Math.random,
    graceNs: nsOf(options.graceMs ?? DEFAULT_GRACE_MS),
    engine,
    readObject,
    clock: new HostEffectClock(clock, logicalNowNs, startTimer),
    startTimer,
  };
}

/**
 * Has the operator add the key that signs receipts, where the world does not know it. Until the
 * world does nothing is started.
 */
export async function introduceKey(
  { signer, operator }: EffectOptions,
  host: EffectWorld,
): Promise<void> {
  if (operator === undefined || keyOf(host.world, signer) !== undefined) return;
  const { publicKey, keyId } = signer;
  const isTaken = host.world.keyring.some((key) => key.name === 'host' && key.revokedAt === null);
  // each machine has a key of its own
  const name = isTaken ? `host-${toHex(keyId).slice(0, NAME_DIGITS)}` : 'host';
  const verb = { verb: 'keyring-add', publicKey, name, roles: ['host'] } as const;
  await host.submit(signVerb(operator, host.world, verb));
}

/** Digits of its id that tell the key of one host from that of another. */
const NAME_DIGITS = 12;

function signerHere(signer: Signer): Signer {
  const { keyId, publicKey } = signer;
  return { keyId, publicKey, sign: (message) => signer.sign(message) };
}

/** A key that is not there can be added, one that does not fit has to be another one. */
function assertKey({ signer, operator }: EffectOptions, world: World): void {
  const key = keyOf(world, signer);
  const id = toHashText(signer.keyId);
  if (key === undefined) {
    if (operator !== undefined) return;
    const message =
      `the key ${id}, which signs receipts here, is not in the world's keyring; ` +
      'open the world once where the key of an operator is at hand, or have one sign keyring-add';
    throw new AosFault('host-key-unknown', message, { retry: 'never' });
  }
  const isFit = key.roles.some((role) => role === 'host' || role === 'adapter');
  if (isFit && key.revokedAt === null) return;
  const why = isFit ? 'was revoked' : 'is of no host or adapter';
  const message = `the key ${id}, which signs receipts here, ${why}; sign with another key`;
  throw new AosFault('host-key-revoked', message, { retry: 'never' });
}

function keyOf({ keyring }: World, { keyId }: EffectOptions['signer']): KeyState | undefined {
  return keyring.find((key) => bytesEqual(key.keyId, keyId));
}
