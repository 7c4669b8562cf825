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
import type { Engine } from '@aos/protocol';
import type { Stamper } from '../stamper.js';
import { objectsMissing } from '../world/load-world.js';

export class Stepper {
  #world: World;
  #wakeAtNs: bigint | undefined;

  constructor(
    world: World,
    wakeAtNs: bigint | undefined,
    private readonly engine: Engine,
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

  /** On the very world that the step will see. Fault: `object-missing`. */
  admit(raw: RawInput): Exclude<Admission, { readonly kind: 'need' }> {
    const admission = admit(this.#world, raw);
    if (admission.kind === 'need') throw objectsMissing(admission.hashes);
    return admission;
  }

  /** Stamps and steps; the world is the next one then. Fault: `object-missing`, world unchanged. */
  step(input: AdmittedInput): StepDone {
    const { engine } = this;
    const outcome = step(this.#world, input, this.stamper.next(), { engine });
    if (outcome.kind === 'need') throw objectsMissing(outcome.hashes);
    assert(outcome.record.seq === this.#world.seq, 'a step makes the next record');
    this.#world = outcome.world;
    this.#wakeAtNs = outcome.record.wakeAtNs;
    return outcome;
  }
}
