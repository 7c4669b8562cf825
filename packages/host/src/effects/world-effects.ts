/** The effects of one world, as its host sees them: run or not, and when the world is at rest. */
import { isRunning, type OpenIntent, type World } from '@aos/kernel';
import type { Output } from '@aos/protocol';
import type { DeadLetter } from './effect-options.js';
import { EffectRunner } from './effect-runner.js';
import { listBlockers, type Quiescence, type QuiescenceOptions, RestWatch } from './quiescence.js';
import { type EffectWorld, introduceKey, type RunnerSetup } from './runner-setup.js';

/** The world as its host lends it. */
export interface HostView extends EffectWorld {
  /** Whether inputs, own work or a flush are under way. */
  readonly isBusy: boolean;
  /** Code of what stopped the world. */
  readonly fault: string | undefined;
  /** Logical time at which the world wants to be woken. */
  readonly wakeAtNs: bigint | undefined;
}

export class WorldEffects {
  readonly #rest = new RestWatch();
  readonly #runner: EffectRunner | undefined;

  constructor(
    private readonly setup: RunnerSetup | undefined,
    private readonly host: HostView,
  ) {
    this.#runner = setup && new EffectRunner(setup, host, () => this.rest());
  }

  get deadLetters(): readonly DeadLetter[] {
    return this.#runner?.deadLetters ?? [];
  }

  /** Undefined where no effects are run. */
  explain(intent: OpenIntent): string | undefined {
    return this.#runner?.explain(intent);
  }

  /** Takes up what the world has open. What comes of the key shows as `host-key-unknown`. */
  open(): void {
    this.#introduce();
    this.#runner?.open();
  }

  /** Records are durable that asked for this. */
  take(outputs: readonly Output[]): void {
    this.#runner?.take(outputs);
  }

  /** A world that stood still goes on. */
  goOn(): void {
    this.#introduce();
    this.#poke();
  }

  #introduce(): void {
    if (this.setup === undefined || this.host.fault !== undefined) return;
    const poke = () => this.#poke();
    introduceKey(this.setup.options, this.host).then(poke, poke);
  }

  #poke(): void {
    this.#runner?.poke();
    this.#rest.changed();
  }

  /** The host may have come to rest. */
  rest(): void {
    this.#rest.changed();
  }

  /** Undefined where no effects are run. */
  drain(): Promise<void> | undefined {
    return this.#runner?.drain();
  }

  async untilQuiescent(options: QuiescenceOptions = {}): Promise<Quiescence> {
    await this.#rest.wait(() => this.#isAtRest(options), options.signal);
    const { world, fault } = this.host;
    return listBlockers(world, fault, (intent) => {
      return this.#runner?.explain(intent) ?? 'adapter-missing';
    });
  }

  #isAtRest(options: QuiescenceOptions): boolean {
    const { isBusy, wakeAtNs, fault, world } = this.host;
    if (isBusy || this.#runner?.isAtRest(options) === false) return false;
    return options.timers !== 'wait' || wakeAtNs === undefined || !moves(world, fault);
  }
}

function moves(world: World, fault: string | undefined): boolean {
  return fault === undefined && isRunning(world);
}
