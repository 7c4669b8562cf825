/** What every later figure stands on: the disk, the codec, and one world from end to end. */
import type { Measure } from '../measure.js';
import { measures as cli } from '../measures/cli.js';
import { measures as codec } from '../measures/codec.js';
import { measures as durable, sequential } from '../measures/durable.js';
import { measures as flush } from '../measures/flush.js';
import { measures as kernel } from '../measures/kernel.js';

export const measures: readonly Measure[] = [
  ...[...flush, ...codec, ...kernel, ...durable],
  sequential('durable.events.sequential'),
  ...cli,
];
