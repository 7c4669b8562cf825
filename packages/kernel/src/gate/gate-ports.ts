/** What the gate asks of the step that it works for. */
import type { Hash } from '@aos/canon';
import type { CallLimits, Engine, Origin } from '@aos/protocol';
import type { OpenIntent } from './open-intent.js';
import type { PendingApproval } from './pending-approval.js';

export interface GatePorts {
  readonly engine: Engine;
  /** Bounds of a call of an enforcer. */
  readonly callLimits: CallLimits;
  /** Most bytes that canonical parameters may have. */
  readonly paramsBytes: number;
  /** The intent of this hash, as long as it is open or its outcome is remembered. */
  knownIntent(hash: Hash): KnownIntent | undefined;
}

/** What the gate asks of an intent that somebody asks for once more; an open intent is one. */
export interface KnownIntent {
  readonly isExplicitKey: boolean;
  readonly state: OpenIntent['state'] | 'settled';
  readonly approval: PendingApproval | null;
  /** Who waits for it, while it is open. */
  readonly waiters?: readonly Origin[];
}
