/** Patience with a world that does not come to rest, in real time. */

export interface PatienceOptions {
  /** How long nothing may move. */
  readonly ms: number;
  /** Another text whenever something has moved. */
  readonly mark: () => string;
  readonly fault: () => Error;
}

/** So often in a row something may have moved, and still no rest is in sight. */
const MAX_WAITS = 10;
/** Turns that a process which was kept from running gets to go on. */
const TURNS = 3;

/** A promise that rejects when patience is over, and a way to call it off. */
export function losePatience({ ms, mark, fault }: PatienceOptions) {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const over = new Promise<never>((_, reject) => {
    const wait = (seen: string, left: number) => {
      timer = setTimeout(() => look(seen, left), ms);
    };
    const look = async (seen: string, left: number) => {
      for (let i = 0; i < TURNS; i++) await turn();
      const now = mark();
      if (isOver) return;
      if (now === seen || left === 0) reject(fault());
      else wait(now, left - 1);
    };
    wait(mark(), MAX_WAITS);
  });
  over.catch(() => undefined);
  const stop = () => {
    isOver = true;
    clearTimeout(timer);
  };
  return { over, stop };
}

/** The next turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
