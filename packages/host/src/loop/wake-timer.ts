/** The one timer of a world: for when it next wants to be woken. */

/** Starts a timer that calls back once; the returned function stops it. A test gives its own. */
export type StartTimer = (delayMs: number, fire: () => void) => () => void;

/** The timers of the machine. */
export const systemTimer: StartTimer = (delayMs, fire) => {
  const timer = setTimeout(fire, delayMs);
  return () => clearTimeout(timer);
};

/** Further ahead a timer of the platform does not reach; it is then started again. */
const MAX_DELAY_MS = 2 ** 31 - 1;
const NS_PER_MS = 1_000_000n;

export class WakeTimer {
  #atNs: bigint | undefined;
  #stop: (() => void) | undefined;

  constructor(
    private readonly startTimer: StartTimer,
    private readonly wake: () => void,
  ) {}

  /** Wakes when logical time has come to `atNs`, or not at all; what was set before is over. */
  set(atNs: bigint | undefined, logicalNowNs: bigint): void {
    if (atNs === this.#atNs && this.#stop !== undefined) return;
    this.#stop?.();
    this.#stop = undefined;
    this.#atNs = atNs;
    if (atNs === undefined) return;
    const delayMs = atNs > logicalNowNs ? (atNs - logicalNowNs + NS_PER_MS - 1n) / NS_PER_MS : 0n;
    const cutMs = delayMs > MAX_DELAY_MS ? MAX_DELAY_MS : Number(delayMs);
    this.#stop = this.startTimer(cutMs, () => {
      this.#stop = undefined;
      this.wake();
    });
  }

  /** Wakes no more. */
  clear(): void {
    this.set(undefined, 0n);
  }
}
