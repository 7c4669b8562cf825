/** Why an effect on the vault has no receipt. */
import type { Refusal } from '@aos/canon';
import { AosFault, type EffectFailure, type EffectOutcome, failedOutcome } from '@aos/protocol';

/** An end without a receipt. */
export class VaultFailure extends Error {
  override readonly name = 'VaultFailure';

  constructor(readonly failure: EffectFailure) {
    super(failure.message);
  }
}

export function refused({ code, detail }: Refusal): VaultFailure {
  return new VaultFailure({ status: 'error', code, message: detail });
}

export function invalid(expected: string): VaultFailure {
  const message = `expected ${expected}`;
  return new VaultFailure({ status: 'error', code: 'vault-params-invalid', message });
}

/** The outcome that an error stands for. Throws what is a defect. */
export function outcomeOf(cause: unknown): EffectOutcome {
  if (cause instanceof VaultFailure) return failedOutcome(cause.failure);
  if (!(cause instanceof AosFault)) throw cause;
  const { code, message, retry } = cause;
  const again = retry === 'never' ? 'never' : 'later';
  return failedOutcome({ status: 'error', code, message, retry: again });
}
