/** What is replayed, and how far. */
import type { DiskStore } from '@aos/store';

export interface ReplayOptions {
  /** Authoring folder of the manifest that takes the place of the recorded one. */
  readonly with?: string;
  /** Another build of this command line. */
  readonly withBuild?: string;
  readonly from?: number;
  readonly to?: number;
  /** Records between two checkpoints. */
  readonly every: number;
  /** Rows of each list. */
  readonly limit: number;
  /** Fuel that differs is no difference. */
  readonly ignoreFuel?: true;
}

/** What is replayed: a world's files, and the file of a bundle where it is one. */
export interface ReplayTarget {
  readonly store: DiskStore;
  /** The last record that is certain. */
  readonly durable: number;
  readonly bundle?: string;
}
