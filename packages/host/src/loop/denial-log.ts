/** The latest effects that the gate denied, and what would help; the journal has only codes. */
import type { AckDenial } from './acks.js';

export interface DeniedEffect extends AckDenial {
  /** The record with the decision. */
  readonly seq: number;
}

/** Older ones are in the journal only. */
const MAX_DENIALS = 1000;

export class DenialLog {
  #denials: readonly DeniedEffect[] = [];

  /** The latest, oldest first. */
  get denials(): readonly DeniedEffect[] {
    return this.#denials;
  }

  /** Records are durable in which these were denied. */
  add(denials: readonly DeniedEffect[]): void {
    if (denials.length > 0) this.#denials = [...this.#denials, ...denials].slice(-MAX_DENIALS);
  }
}
