/** Hints for names that nothing has, within a budget that one whole check shares. */
import { nearest } from '../forms/near-miss.js';

/**
 * Character comparisons of one check. A world full of unknown names runs out of hints, never of
 * time.
 */
const MAX_COMPARISONS = 20_000_000;

export class NearMisses {
  private left = MAX_COMPARISONS;

  /** A hint that names the nearest of the known names; the advice when none is near. */
  hint(found: string, known: Iterable<string>, advice?: string): string | undefined {
    const near = this.left > 0 ? nearest(found, this.charged(found, known)) : undefined;
    return near === undefined ? advice : `did you mean ${near}?`;
  }

  private *charged(found: string, known: Iterable<string>): Iterable<string> {
    for (const name of known) {
      if (this.left <= 0) return;
      this.left -= Math.abs(name.length - found.length) > 2 ? 1 : name.length * found.length;
      yield name;
    }
  }
}
