type Row = { name: string; team: string; amount: number; day: number };

/** What this worker can do: a function for the name of a task. */
export const skills: Record<string, (rows: readonly Row[]) => string[]> = {};
