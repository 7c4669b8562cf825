/** What every later figure stands on: the disk, the codec, and one world from end to end. */
import type { Measure } from '../measure.js';
import { measures as codec } from '../measures/codec.js';
import { measures as flush } from '../measures/flush.js';

export const measures: readonly Measure[] = [...flush, ...codec];
