/** The bounds of a shadow. They stand in the report: other bounds may give another report. */

export interface ShadowLimits {
  /** Records of the window whose inputs are run again, from its beginning. */
  readonly records: number;
  /** Steps of one run: inputs, work left over, and receipts that are made up. */
  readonly steps: number;
  /** Receipts that are made up for one input. */
  readonly answers: number;
  /** Fuel of one run; the step that goes beyond is the last one. */
  readonly fuel: number;
  /** Cells of one reducer that migrations are tried on, in the order of their keys. */
  readonly cells: number;
  /** Rows of each list; all are counted. */
  readonly rows: number;
  /** How far time goes on in the head fork, in nanoseconds; 0: it stands still. */
  readonly advance_ns: number;
}

export const DEFAULT_SHADOW_LIMITS: ShadowLimits = {
  records: 1000,
  steps: 20_000,
  answers: 256,
  fuel: 1_000_000_000_000,
  cells: 10_000,
  rows: 100,
  advance_ns: 0,
};
