/** A host at work: effects with their receipts. The disk is measured beside it. */
import { measures as effects } from '../effects/effects.js';
import type { Measure } from '../measure.js';
import { measures as flush } from '../measures/flush.js';

export const measures: readonly Measure[] = [...flush, ...effects];
