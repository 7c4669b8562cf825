/** Many seeds, one after the other, and what has happened in them. */
import { Coverage } from '../laws/coverage.js';
import type { SimParts } from './parts.js';
import { type SimReport, simulate } from './simulation.js';
import { FAULTS, SEAMS } from './weather.js';

export interface SimRunOptions {
  readonly from: number;
  readonly seeds: number;
  readonly parts?: SimParts;
  /** Told of each seed as it ends. */
  readonly onSeed?: (report: SimReport) => void;
}

export interface SimRun {
  /** How often each kind of fault and event came up. */
  readonly events: Coverage;
  /** Seeds that broke a rule. */
  readonly failed: readonly SimReport[];
}

/** Failed seeds after which looking on tells nothing new. */
const MOST_FAILED = 10;

export async function runSimulations({
  from,
  seeds,
  parts,
  onSeed,
}: SimRunOptions): Promise<SimRun> {
  const events = new Coverage();
  const failed: SimReport[] = [];
  for (let seed = from; seed < from + seeds && failed.length < MOST_FAILED; seed++) {
    const report = await simulate(seed, parts);
    events.merge(report.trace.events);
    if (report.problems.length > 0) failed.push(report);
    onSeed?.(report);
  }
  return { events, failed };
}

/** A process that has waited so often for something has also died there. */
const ENOUGH_WAITS = 1000;

/**
 * Kinds of faults that never came up, and what processes have waited for and never died at: so many
 * seeds without them say less than they seem to.
 */
export function faultsMissing(events: Coverage): readonly string[] {
  const survived = SEAMS.filter(
    (seam) =>
      (events.counts.get(`waited for ${seam}`) ?? 0) >= ENOUGH_WAITS &&
      !events.has(`crashed at ${seam}`),
  );
  return [
    ...FAULTS.filter((fault) => !events.has(fault)),
    ...survived.map((seam) => `a crash at '${seam}'`),
  ];
}

/** What went wrong, and how to see it again. */
export function describeFailure({ seed, problems }: SimReport): string {
  const again = `again, with every step: npm run sim -- --from ${seed} --trace`;
  return [`seed ${seed}`, ...problems.map((problem) => `  ${problem}`), `  ${again}`].join('\n');
}
