/**
 * Drills on real parts, as tests: each is named as in the report, so that `-t` finds it, and tells
 * of itself, one line of JSON when it begins and one when it ends, where somebody wants it.
 */
import { appendFileSync } from 'node:fs';
import { it } from 'vitest';

export const LARGE = process.env.AOS_DRILL === 'large';

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

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Runs and reports it, also when it fails or never ends. */
async function reported<T extends object>(what: object, run: () => Promise<T>): Promise<T> {
  const from = performance.now();
  const report = (more: object) => {
    const file = process.env.AOS_DRILL_REPORT;
    if (file !== undefined) appendFileSync(file, `${JSON.stringify({ ...what, ...more })}\n`);
  };
  const seconds = () => Math.round((performance.now() - from) / 100) / 10;
  report({ result: 'begun' });
  try {
    const outcome = await run();
    const result = 'skipped' in outcome ? 'skipped' : 'passed';
    report({ result, ...outcome, seconds: seconds() });
    return outcome;
  } catch (error) {
    report({ result: 'failed', found: messageOf(error), seconds: seconds() });
    throw error;
  }
}

/** `law` is what must hold, `done` what is done. */
export function drill(
  name: string,
  law: string,
  done: string,
  run: () => Promise<Drilled | Skipped>,
): void {
  it(`${name}: ${law}`, async ({ skip }) => {
    const outcome = await reported({ drill: name, done }, run);
    if ('skipped' in outcome) skip(outcome.skipped);
  });
}

export interface Canary {
  /** Of which drill. */
  readonly of: string;
  /** What is broken. */
  readonly broken: string;
  /** What the drill says of it. */
  readonly says: RegExp;
  /** It takes processes: only large runs have it. */
  readonly isLarge?: boolean;
}

/** A drill of a part that is broken fails, and says why: by what it throws, or its problems. */
export function canary(
  { of, broken, says, isLarge = false }: Canary,
  run: () => Promise<{ readonly problems: readonly string[] } | Drilled | Skipped>,
): void {
  it.runIf(LARGE || !isLarge)(`canary of ${of}: ${broken}`, async ({ skip }) => {
    const outcome = await reported({ canary: of, broken }, async () => {
      const end = await run().catch((error) => ({ problems: [messageOf(error)] }));
      if ('skipped' in end) return end;
      const problems = 'problems' in end ? end.problems : [];
      const found = problems.find((problem) => says.test(problem));
      if (found === undefined) throw new Error(`expected ${says}, found: ${problems.join('; ')}`);
      return { found };
    });
    if ('skipped' in outcome) skip(String(outcome.skipped));
  });
}
