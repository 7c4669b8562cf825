/** Longest time between looking at a module and its end, compiling it included. */
export const SOON_MS = 2000;

/**
 * Milliseconds since now, of the clock or of the processor, whichever are fewer: others may keep a
 * machine busy, and a compiler may work on every core.
 */
export function startWatch(): () => number {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return Math.min(performance.now() - startedAt, (user + system) / 1000);
  };
}
