/**
 * Curve arithmetic on the threads of the platform, apart from the thread that steps worlds.
 *
 * The same few threads flush files, and a key admits one user at a time, for whom even the thread
 * that only hands over work would wait. So one piece of each sort is given away at once, for all
 * worlds of this thread; the others wait here, in their order.
 */

type Work = (done: () => void) => void;

class CryptoLane {
  readonly #waiting: Work[] = [];
  #next = 0;
  #isRunning = false;

  run(work: Work): void {
    if (this.#isRunning) this.#waiting.push(work);
    else this.#start(work);
  }

  #start(work: Work): void {
    this.#isRunning = true;
    work(() => {
      this.#isRunning = false;
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

export const signingLane = new CryptoLane();
export const verifyingLane = new CryptoLane();
