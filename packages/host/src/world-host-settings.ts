/** What a host can be told about how it runs a world. */
import type { Clock } from './clock.js';
import type { Signer } from './keys/key-files.js';
import type { CryptoThreads } from './keys/signature-wait.js';
import type { StartTimer } from './loop/wake-timer.js';
import type { SnapshotPolicy } from './snapshots/snapshot-policy.js';

export interface WorldHostSettings {
  /** Most inputs waiting at once; beyond it a submission is refused. Default 65,536. */
  readonly inboxLimit?: number;
  /** A close makes a snapshot when the last one is so many records back. Default 1,000. */
  readonly snapshotRecords?: number;
  /** When a running world makes a snapshot; see `DEFAULT_SNAPSHOT_POLICY`. */
  readonly snapshots?: Partial<SnapshotPolicy>;
  /** Signs heads, where no effects run; else the key of those does. */
  readonly signer?: Signer;
  readonly startTimer?: StartTimer;
  readonly clock?: Clock;
  /**
   * Where signatures are made and verified. `none`: on the thread of the world, so that a simulated
   * world depends on nothing outside it; `signer` lets the signer say when. Default `beside`.
   */
  readonly cryptoThreads?: CryptoThreads;
}
