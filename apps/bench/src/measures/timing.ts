/** How often something can be done in a second. */

const CHUNK = 64;

/** Repeats `act` for at least `minMs` of wall time; calls per second. */
export function callsPerSecond(act: () => unknown, minMs = 250): number {
  const startedAt = performance.now();
  let calls = 0;
  let elapsedMs = 0;
  while (elapsedMs < minMs) {
    for (let i = 0; i < CHUNK; i += 1) act();
    calls += CHUNK;
    elapsedMs = performance.now() - startedAt;
  }
  return (calls * 1000) / elapsedMs;
}
