/**
 * Worlds on a disk that flushes before it is believed: one world and many, one key and many, and
 * what their history costs when they are opened again. The disk and the kernel are measured beside.
 */
import { measures as disk } from '../durable/disk.js';
import { measures as many } from '../durable/many.js';
import { measures as reopen } from '../durable/reopen.js';
import { measures as verify } from '../durable/verify.js';
import type { Measure } from '../measure.js';
import { measures as oneWorld, sequential } from '../measures/durable.js';
import { measures as flush } from '../measures/flush.js';
import { measures as kernel } from '../measures/kernel.js';

export const measures: readonly Measure[] = [
  ...[...flush, ...kernel, ...oneWorld],
  sequential('durable.sequential'),
  ...[...many, ...disk, ...reopen, ...verify],
];
