/** Why a program has no receipt: for each code, how the call ends. */
import { type EffectFailure, type EffectOutcome, failedOutcome } from '@aos/protocol';

type Fate = Pick<EffectFailure, 'status' | 'retry'>;

const NEVER: Fate = { status: 'error', retry: 'never' };
const LATER: Fate = { status: 'error', retry: 'later' };

const FATES = {
  'wasi-params-invalid': NEVER,
  'wasi-module-missing': NEVER,
  'wasi-module-invalid': NEVER,
  'wasi-module-limit': NEVER,
  'wasi-import-denied': NEVER,
  'wasi-export-missing': NEVER,
  'wasi-input-missing': NEVER,
  'wasi-input-limit': NEVER,
  'wasi-blob-unreadable': LATER,
  'wasi-trap': NEVER,
  'wasi-time-limit': { status: 'timeout', retry: 'never' },
  'wasi-memory-limit': NEVER,
  'wasi-output-limit': NEVER,
  'wasi-disk-limit': NEVER,
  'wasi-files-limit': NEVER,
  'wasi-no-output': NEVER,
  'wasi-output-not-stored': LATER,
  'wasi-thread-lost': LATER,
  'wasi-deadline': { status: 'timeout', retry: 'never' },
  'wasi-cancelled': { status: 'cancelled', retry: 'never' },
} as const satisfies Record<string, Fate>;

export type WasiCode = keyof typeof FATES;

export function isWasiCode(code: string): code is WasiCode {
  return Object.hasOwn(FATES, code);
}

/** An end without a receipt. */
export class WasiFailure extends Error {
  override readonly name = 'WasiFailure';

  constructor(
    readonly code: WasiCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }

  outcome(): EffectOutcome {
    const { code, message } = this;
    return failedOutcome({ ...FATES[code], code, message });
  }
}
