/** How much is done: by default for figures to publish, `quick` to see that everything works. */
export interface Effort {
  readonly rounds: number;
  /** Requests under way at once that are tried; each system gets its best for each work. */
  readonly concurrency: readonly number[];
  readonly tryMs: number;
  readonly warmUpMs: number;
  readonly runMs: number;
  /** Workflows that are in flight when everything is killed, and how long each step takes. */
  readonly killed: number;
  readonly killedStepMs: number;
  /** Events that memory and disk are measured over, and the longest to wait for them. */
  readonly grownEvents: number;
  readonly grownMs: number;
}

export const FULL: Effort = {
  rounds: 5,
  concurrency: [16, 64, 256],
  tryMs: 600,
  warmUpMs: 1500,
  runMs: 2000,
  killed: 100,
  killedStepMs: 100,
  grownEvents: 200_000,
  grownMs: 20_000,
};

export const QUICK: Effort = {
  rounds: 1,
  concurrency: [64],
  tryMs: 100,
  warmUpMs: 150,
  runMs: 400,
  killed: 20,
  killedStepMs: 100,
  grownEvents: 2000,
  grownMs: 3000,
};
