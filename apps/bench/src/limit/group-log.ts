/** The log of the bare pipeline: what was added while a flush is under way is the next one. */
import { fdatasync, openSync, writeSync } from 'node:fs';

interface Added {
  readonly bytes: Uint8Array;
  readonly durable: () => void;
}

export class GroupLog {
  readonly #fd: number;
  #added: Added[] = [];
  #isFlushing = false;
  #isDue = false;

  /** `flushed` is told behind everything that a flush has made durable. */
  constructor(
    path: string,
    private readonly flushed: () => void,
  ) {
    this.#fd = openSync(path, 'a');
  }

  add(bytes: Uint8Array, durable: () => void): void {
    this.#added.push({ bytes, durable });
    if (this.#isFlushing || this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#added.length === 0 || this.#isFlushing) return;
    const group = this.#added;
    this.#added = [];
    this.#isFlushing = true;
    writeSync(this.#fd, Buffer.concat(group.map(({ bytes }) => bytes)));
    fdatasync(this.#fd, (error) => {
      if (error !== null) throw error;
      this.#isFlushing = false;
      for (const { durable } of group) durable();
      this.flushed();
      this.#flush();
    });
  }
}
