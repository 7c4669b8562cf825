/** What an adapter is given: the call of an intent, and what it may ask of its host meanwhile. */
import type { Refusal } from '@aos/canon';
import {
  checkAddress,
  checkGrant,
  checkRedirect,
  type Denial,
  type EffectRequest,
  type GatePorts,
  type OpenIntent,
  programOf,
  type World,
} from '@aos/kernel';
import {
  type BlobPort,
  callLimitsOf,
  type EffectCall,
  type EffectClock,
  type EffectContext,
  type EffectOutcome,
  type Engine,
  type Origin,
  type SecretSource,
} from '@aos/protocol';
import { CallSecrets } from '../secrets/call-secrets.js';
import type { CancelSource } from './cancel-source.js';
import { checkFrame, FrameChannel } from './frame-channel.js';

export function callOf(world: World, intent: OpenIntent): EffectCall {
  const { worldId, program } = world;
  const { hash, effect, params, idempotencyKey, epoch, attempt, deadlineNs, cap } = intent;
  const grant = program.gate.grants.get(cap);
  const wasi = programOf(world, intent.manifest).gate.effects.get(effect)?.program;
  const call = {
    worldId,
    epoch,
    intentHash: hash,
    effect,
    params: params.slice(),
    idempotencyKey: idempotencyKey.slice(),
    attempt,
    grant: {
      cap,
      capType: grant?.capType ?? '',
      params: grant?.chain.map(({ definition }) => definition.params.slice()) ?? [],
    },
  };
  return {
    ...call,
    ...(deadlineNs !== undefined && { deadlineNs }),
    ...(wasi && { implementation: { wasi } }),
  };
}

/** What all calls of a world have in common. */
export interface CallPorts {
  /** The world of the moment: a grant may be narrower by now than when the effect was let out. */
  readonly world: () => World;
  readonly engine: Engine;
  readonly blobs: BlobPort;
  readonly clock: EffectClock;
  readonly secrets: SecretSource | undefined;
  /** Signs and hands in a frame; resolves when it is durable or of no use to the world. */
  readonly handInFrame: (payload: Uint8Array) => Promise<void>;
}

/** Frames that are held back at once; a value that takes more of them is being hidden. */
const MAX_HELD = 256;

export class CallContext implements EffectContext {
  readonly blobs: BlobPort;
  readonly clock: EffectClock;
  readonly secrets: CallSecrets;
  readonly #frames: FrameChannel;
  /** What effects are where this one was asked for; its grant is that of the moment. */
  readonly #under: NonNullable<EffectRequest['under']>;
  /** Frames that may hold the begin of a secret, until the next one shows that they do not. */
  readonly #held: Uint8Array[] = [];
  #hasEnded = false;

  constructor(
    private readonly intent: OpenIntent,
    private readonly ports: CallPorts,
    readonly cancel: CancelSource,
  ) {
    this.secrets = new CallSecrets(intent, ports);
    this.#under = programOf(ports.world(), intent.manifest).gate;
    this.blobs = this.secrets.blobs;
    this.clock = ports.clock;
    this.#frames = new FrameChannel(ports.handInFrame);
  }

  emitFrame(payload: Uint8Array): Promise<void> {
    const emitted = this.#emit(payload);
    // an adapter that does not wait must not end the process of its host
    emitted.catch(() => undefined);
    return emitted;
  }

  #emit(payload: Uint8Array): Promise<void> {
    const refusal =
      checkFrame(payload, this.ports.world().runtime.limits.receipt_bytes) ??
      this.secrets.checkFrame(payload);
    if (refusal !== undefined) return Promise.reject(refusal);
    if (this.#hasEnded) return Promise.resolve();
    this.#held.push(new Uint8Array(payload));
    if (!this.secrets.isFramePending) return this.#letGo();
    return this.#held.length < MAX_HELD ? Promise.resolve() : Promise.reject(this.secrets.stop());
  }

  /** The call has ended: what it held back of its frames goes out with an outcome that is ok. */
  async end(status: EffectOutcome['status']): Promise<void> {
    this.#hasEnded = true;
    if (status === 'ok' && !this.secrets.isEchoed) await this.#letGo();
    this.close();
  }

  /** Frames that were emitted and not handed in are dropped. */
  close(): void {
    this.#frames.close();
  }

  async #letGo(): Promise<void> {
    await Promise.all(this.#held.splice(0).map((frame) => this.#frames.emit(frame)));
  }

  permits(effect: string, params: Uint8Array): Refusal | undefined {
    const { gate, request, ports } = this.#question(effect, params);
    return refusalOf(checkGrant(gate, request, ports));
  }

  permitsRedirect(params: Uint8Array, hops: number): Refusal | undefined {
    const { gate, request, ports } = this.#question(this.intent.effect, params);
    return refusalOf(checkRedirect(gate, request, hops, ports));
  }

  /** The request as the gate of the moment would see it. */
  #question(effect: string, params: Uint8Array) {
    const { world, engine, clock } = this.ports;
    const { program, seq, epoch, worldId, runtime } = world();
    const { cap, attempt, waiters } = this.intent;
    const now = { logicalNowNs: clock.logicalNowNs(), seq, epoch, worldId };
    const origin = waiters[0] as Origin;
    const request = { origin, effect, cap, params, index: 0, attempt, now, under: this.#under };
    const ports: GatePorts = {
      engine,
      callLimits: callLimitsOf(runtime.limits),
      paramsBytes: runtime.limits.event_bytes,
      knownIntent: () => undefined,
    };
    return { gate: program.gate, request, ports };
  }

  permitsAddress(address: Uint8Array): Refusal | undefined {
    return refusalOf(checkAddress(this.ports.world().program.gate, this.intent.cap, address));
  }
}

function refusalOf(denial: Denial | undefined): Refusal | undefined {
  return denial && { code: denial.code, at: denial.at, detail: denial.advice };
}
