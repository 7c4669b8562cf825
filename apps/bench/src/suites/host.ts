/** A host at work: effects with their receipts, and a daemon's socket. The disk beside it. */
import { measures as effects } from '../effects/effects.js';
import type { Measure } from '../measure.js';
import { measures as flush } from '../measures/flush.js';
import { measures as memory } from '../socket/rss-slope.js';
import { measures as socket } from '../socket/socket-events.js';

export const measures: readonly Measure[] = [...flush, ...effects, ...socket, ...memory];
