/**
 * Curve arithmetic on the threads of the platform, apart from the thread that steps worlds.
 *
 * The same few threads flush files, and a key admits one user at a time: a long row of signatures
 * would hold all of them. So only some are given away at once, for all worlds of this thread; the
 * others wait here, in their order.
 */

/** Given to the platform at once. Of its four threads two are left to files. */
const AT_ONCE = 2;

type Work = (done: () => void) => void;

class CryptoLane {
  readonly #waiting: Work[] = [];
  #next = 0;
  #running = 0;

  run(work: Work): void {
    if (this.#running < AT_ONCE) this.#start(work);
    else this.#waiting.push(work);
  }

  #start(work: Work): void {
    this.#running += 1;
    work(() => {
      this.#running -= 1;
      const next = this.#shift();
      if (next !== undefined) this.#start(next);
    });
  }

  #shift(): Work | undefined {
    const next = this.#waiting[this.#next];
    this.#next += 1;
    if (this.#next >= this.#waiting.length) {
      this.#waiting.length = 0;
      this.#next = 0;
    }
    return next;
  }
}

/** One for all worlds of this thread. */
export const cryptoLane = new CryptoLane();
