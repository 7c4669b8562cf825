/** The kernel as the laws see it: one seam, so that a broken one can stand in its place. */
import {
  admit,
  createWorld,
  hashWorld,
  openSnapshot,
  replayRecord,
  step,
  takeSnapshot,
} from '@aos/kernel';

export interface KernelPort {
  readonly createWorld: typeof createWorld;
  readonly admit: typeof admit;
  readonly step: typeof step;
  readonly replayRecord: typeof replayRecord;
  readonly takeSnapshot: typeof takeSnapshot;
  readonly openSnapshot: typeof openSnapshot;
  readonly hashWorld: typeof hashWorld;
}

export const REAL_KERNEL: KernelPort = {
  createWorld,
  admit,
  step,
  replayRecord,
  takeSnapshot,
  openSnapshot,
  hashWorld,
};
