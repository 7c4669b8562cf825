/** How far long work is, on a line of the terminal that is written over and goes away. */

/** Tells how far something is; `total` may not be known. */
type Progress = (done: number, total?: number) => void;

export interface ProgressLine {
  readonly tell: Progress;
  /** Takes the line away. */
  end(): void;
}

/** Short work says nothing, and nobody reads faster than this. */
const FIRST_MS = 400;
const EVERY_MS = 100;

const ERASE = '\r\u001b[K';

/** Silent unless `write` leads to a terminal. */
export function startProgress(
  what: string,
  write: ((text: string) => void) | undefined,
  nowMs: () => number = Date.now,
): ProgressLine {
  if (write === undefined) return { tell: () => undefined, end: () => undefined };
  let nextMs = nowMs() + FIRST_MS;
  let isShown = false;
  return {
    tell: (done, total) => {
      const now = nowMs();
      if (now < nextMs) return;
      nextMs = now + EVERY_MS;
      isShown = true;
      write(`${ERASE}${what}: ${done}${total === undefined ? '' : ` of ${total}`}`);
    },
    end: () => {
      if (isShown) write(ERASE);
      isShown = false;
    },
  };
}
