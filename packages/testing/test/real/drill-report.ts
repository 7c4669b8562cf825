/** What drills on real parts tell of themselves, one line of JSON each, where somebody wants it. */
import { appendFileSync } from 'node:fs';

export interface Drilled {
  /** How often it was done. */
  readonly count: number;
  /** What is counted: kills, rounds, timers. */
  readonly unit: string;
  /** What was found beside that the laws hold. */
  readonly found?: string;
}

/** It cannot be done here, and why. */
export interface Skipped {
  readonly skipped: string;
}

/** Throws what is wrong, the first of it. */
export function expectNone(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error([...new Set(problems)].slice(0, 5).join('; '));
}

/** Runs a drill and reports it, also when it fails. */
export async function reported<T extends Drilled | Skipped>(
  drill: string,
  done: string,
  run: () => Promise<T>,
): Promise<T> {
  const from = performance.now();
  const report = (more: object) => {
    const file = process.env.AOS_DRILL_REPORT;
    const seconds = Math.round((performance.now() - from) / 100) / 10;
    if (file !== undefined) {
      appendFileSync(file, `${JSON.stringify({ drill, done, ...more, seconds })}\n`);
    }
  };
  try {
    const outcome = await run();
    report({ result: 'skipped' in outcome ? 'skipped' : 'passed', ...outcome });
    return outcome;
  } catch (error) {
    report({ result: 'failed', found: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}
