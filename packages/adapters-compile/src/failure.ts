/** Why a compilation has no receipt: for each code, how the call ends. */
import { type EffectFailure, type EffectOutcome, failedOutcome } from '@aos/protocol';

type Fate = Pick<EffectFailure, 'status' | 'retry'>;

const NEVER: Fate = { status: 'error', retry: 'never' };
const LATER: Fate = { status: 'error', retry: 'later' };

const FATES = {
  'compile-params-invalid': NEVER,
  'compile-source-missing': NEVER,
  'compile-blob-unreadable': LATER,
  'compile-time-limit': { status: 'timeout', retry: 'never' },
  'compile-crashed': NEVER,
  'compile-process-lost': LATER,
  'compile-output-not-stored': LATER,
  'compile-deadline': { status: 'timeout', retry: 'never' },
  'compile-cancelled': { status: 'cancelled', retry: 'never' },
} as const satisfies Record<string, Fate>;

type CompileCode = keyof typeof FATES;

/** An end without a receipt. */
export class CompileFailure extends Error {
  override readonly name = 'CompileFailure';

  constructor(
    readonly code: CompileCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }

  outcome(): EffectOutcome {
    const { code, message } = this;
    return failedOutcome({ ...FATES[code], code, message: Buffer.from(message).toString() });
  }
}
