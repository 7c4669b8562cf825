/** What a doctor says: one line for each thing that was looked at. */

/** `bad`: something does not work. `look`: it works, and deserves a look. */
type CheckState = 'bad' | 'fine' | 'look';

export interface Check {
  /** What was looked at, in kebab-case; it keeps its meaning. */
  readonly about: string;
  readonly state: CheckState;
  readonly says: string;
  /** What to do; absent when all is fine. */
  readonly next?: string;
}

export const fine = (about: string, says: string): Check => ({ about, state: 'fine', says });

export const look = (about: string, says: string, next: string): Check => {
  return { about, state: 'look', says, next };
};

export const bad = (about: string, says: string, next: string): Check => {
  return { about, state: 'bad', says, next };
};

/** A check that fails on its own is a finding, and the others go on. */
export async function attempt(about: string, run: () => Check | Promise<Check>): Promise<Check> {
  try {
    return await run();
  } catch (error) {
    const { code = 'defect', message } = error as { readonly code?: string; message: string };
    return bad(about, `[${code}] ${message}`, 'do as the message says, and look again');
  }
}
