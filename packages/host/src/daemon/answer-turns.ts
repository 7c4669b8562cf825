/**
 * Turns at making answers: each may be as large as a message until it is on its way, so few are
 * made at once, and none while a client has enough to read. Others wait, first come first.
 */

/** Answers of one connection that are made at once. */
const MAX_AT_ONCE = 8;

/** Makes an answer; `free` is called when it is on its way, or came to nothing. */
type Make = (free: () => void) => void;

export class AnswerTurns {
  #free = MAX_AT_ONCE;
  #waiting: Make[] = [];

  /** `isClear` says whether the client has room for more. */
  constructor(private readonly isClear: () => boolean) {}

  take(make: Make): void {
    this.#waiting.push(make);
    this.goOn();
  }

  /** There may be room again. */
  goOn(): void {
    while (this.#free > 0 && this.isClear()) {
      const make = this.#waiting.shift();
      if (make === undefined) return;
      this.#free -= 1;
      make(() => {
        this.#free += 1;
        this.goOn();
      });
    }
  }

  /** Nobody waits any more. */
  clear(): void {
    this.#waiting = [];
  }
}
