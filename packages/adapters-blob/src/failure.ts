/** Why an effect on a blob has no receipt: for each code, how the call ends. */
import { type EffectFailure, type EffectOutcome, failedOutcome } from '@aos/protocol';

type Fate = Pick<EffectFailure, 'status' | 'retry'>;

const FATES = {
  'blob-params-invalid': { status: 'error', retry: 'never' },
  'blob-key-invalid': { status: 'error', retry: 'never' },
  'blob-not-found': { status: 'error', retry: 'never' },
  'blob-read-too-large': { status: 'error', retry: 'never' },
  'blob-not-stored': { status: 'error', retry: 'later' },
  'blob-unreadable': { status: 'error', retry: 'later' },
  'blob-deadline': { status: 'timeout', retry: 'never' },
  'blob-cancelled': { status: 'cancelled', retry: 'never' },
} as const satisfies Record<string, Fate>;

/** An end without a receipt. */
export class BlobFailure extends Error {
  override readonly name = 'BlobFailure';

  constructor(
    readonly code: keyof typeof FATES,
    message: string,
  ) {
    super(message);
  }

  outcome(): EffectOutcome {
    const { code, message } = this;
    return failedOutcome({ ...FATES[code], code, message });
  }
}
