/** Why an effect on a workspace has no receipt: for each code, how the call ends. */
import { RefusalError } from '@aos/canon';
import { AosFault, type EffectFailure, type EffectOutcome, failedOutcome } from '@aos/protocol';

type Fate = Pick<EffectFailure, 'status' | 'retry'>;

const NEVER: Fate = { status: 'error', retry: 'never' };
const LATER: Fate = { status: 'error', retry: 'later' };

const FATES: Readonly<Record<string, Fate>> = {
  'workspace-unreadable': LATER,
  'workspace-not-stored': LATER,
  'workspace-deadline': { status: 'timeout', retry: 'never' },
  'workspace-cancelled': { status: 'cancelled', retry: 'never' },
};

/** An end without a receipt; a defect is thrown on. */
export function outcomeOf(cause: unknown): EffectOutcome {
  if (cause instanceof RefusalError) {
    const { code, detail: message } = cause.refusal;
    return failedOutcome({ ...(FATES[code] ?? NEVER), code, message });
  }
  if (cause instanceof AosFault) {
    const { code, message, retry } = cause;
    return failedOutcome({
      status: 'error',
      code,
      message,
      retry: retry === 'never' ? retry : 'later',
    });
  }
  throw cause;
}
