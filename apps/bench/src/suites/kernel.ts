/** The kernel in memory: events and replay, many cells, snapshots, the gate, plans. */
import type { Measure } from '../measure.js';
import { measures as cells } from '../measures/cells.js';
import { measures as gate } from '../measures/gate.js';
import { measures as events, ratioMeasures } from '../measures/kernel.js';
import { measures as plans } from '../measures/plans.js';

export const measures: readonly Measure[] = [
  ...events,
  ...ratioMeasures,
  ...cells,
  ...gate,
  ...plans,
];
