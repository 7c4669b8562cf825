/** The world of a host and how it moves: one admitted input and one record at a time. */
import { assert } from '@aos/canon';
import {
  type Admission,
  type AdmittedInput,
  admit,
  type RawInput,
  type StepDone,
  step,
  type World,
} from '@aos/kernel';
import { callLimitsOf } from '@aos/protocol';
import type { Stamper } from '../stamper.js';
import { objectsMissing } from '../world/load-world.js';
import { type LoaderPorts, serveNeed } from '../world/module-loader.js';

export class Stepper {
  #world: World;
  #wakeAtNs: bigint | undefined;

  constructor(
    world: World,
    wakeAtNs: bigint | undefined,
    private readonly ports: Omit<LoaderPorts, 'limits'>,
    private readonly stamper: Stamper,
  ) {
    this.#world = world;
    this.#wakeAtNs = wakeAtNs;
  }

  get world(): World {
    return this.#world;
  }

  /** Logical time at which the world next wants a tick. */
  get wakeAtNs(): bigint | undefined {
    return this.#wakeAtNs;
  }

  /** Logical time of this moment. */
  get logicalNowNs(): bigint {
    return this.stamper.logicalNowNs();
  }

  /**
   * On the very world that the step will see. What a proposal brings and nobody has stored, or no
   * engine runs, refuses it. Fault: `object-missing`.
   */
  admit(raw: RawInput): Exclude<Admission, { readonly kind: 'need' }> {
    const { engine } = this.ports;
    for (;;) {
      const admission = admit(this.#world, raw, { engine });
      if (admission.kind !== 'need') return admission;
      const refusal = serveNeed(admission, this.#loader);
      if (refusal === undefined) continue;
      if (raw.kind === 'governance') return { kind: 'refused', refusal };
      throw objectsMissing(admission.hashes);
    }
  }

  get #loader(): LoaderPorts {
    return { ...this.ports, limits: callLimitsOf(this.#world.runtime.limits) };
  }

  /** Stamps and steps; the world is the next one then. Fault: `object-missing`, world unchanged. */
  step(input: AdmittedInput): StepDone {
    const stamp = this.stamper.next();
    let outcome = step(this.#world, input, stamp, this.ports);
    while (outcome.kind === 'need') {
      if (serveNeed(outcome, this.#loader) !== undefined) throw objectsMissing(outcome.hashes);
      outcome = step(this.#world, input, stamp, this.ports);
    }
    assert(outcome.record.seq === this.#world.seq, 'a step makes the next record');
    this.#world = outcome.world;
    this.#wakeAtNs = outcome.record.wakeAtNs;
    return outcome;
  }
}
