/**
 * What has happened, line by line: the same seed writes the same lines, so their hash is the run.
 */
import { createHash } from 'node:crypto';
import { Coverage } from '../laws/coverage.js';

export class Trace {
  /** How often each kind of thing has happened. */
  readonly events = new Coverage();
  readonly lines: string[] = [];
  readonly #hash = createHash('sha256');
  #life = 0;
  #choice = 0;

  /** The lines that follow are of this life, after this many choices of the scheduler. */
  at(life: number, choice: number): void {
    this.#life = life;
    this.#choice = choice;
  }

  write(text: string): void {
    const line = `${this.#life}.${String(this.#choice).padStart(4, '0')} ${text}`;
    this.lines.push(line);
    this.#hash.update(line).update('\n');
  }

  /** Something of a kind that is counted, with what is to be said about this one. */
  count(kind: string, about = ''): void {
    this.events.count(kind);
    this.write(about === '' ? kind : `${kind}: ${about}`);
  }

  /** In hexadecimal, of all lines up to here. */
  get hash(): string {
    return this.#hash.copy().digest('hex');
  }
}
