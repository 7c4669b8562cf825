/** What memory grows by, beside the events that were taken. */

export interface Sample {
  readonly events: number;
  readonly rssBytes: number;
}

const MIB = 2 ** 20;

/** Least squares, in MiB by million events. */
export function slopeOf(samples: readonly Sample[]): number {
  const meanX = samples.reduce((sum, { events }) => sum + events, 0) / samples.length;
  const meanY = samples.reduce((sum, { rssBytes }) => sum + rssBytes, 0) / samples.length;
  let above = 0;
  let below = 0;
  for (const { events, rssBytes } of samples) {
    above += (events - meanX) * (rssBytes - meanY);
    below += (events - meanX) ** 2;
  }
  return ((above / below) * 1_000_000) / MIB;
}
