/**
 * Why a call has no receipt: one table says for each code how it ends and whether another start may
 * fare better.
 *
 * F1. Whatever providers, networks, blobs and secrets do has a code here, or is the refusal of a
 *     secret. An error that has none is a defect of ours and is thrown on.
 * F2. Another start is proposed only where the provider has said no, or nothing: what it took long
 *     over or began to answer may have been paid for, and whoever pays again is to say so.
 */
import { type EffectFailure, type EffectOutcome, failedOutcome } from '@aos/protocol';
import { wellFormed } from './well-formed.js';

type Fate = Pick<EffectFailure, 'status' | 'retry'>;

const NEVER: Fate = { status: 'error', retry: 'never' };
const LATER: Fate = { status: 'error', retry: 'later' };
const SPENT: Fate = { status: 'timeout', retry: 'never' };

const FATES = {
  'llm-params-invalid': NEVER,
  'llm-input-missing': NEVER,
  'llm-input-unreadable': LATER,
  'llm-input-invalid': NEVER,
  'llm-input-too-large': NEVER,
  'llm-provider-unknown': NEVER,
  'llm-model-unpriced': NEVER,
  'llm-cost-exceeded': NEVER,
  'llm-key-missing': NEVER,
  'llm-key-not-accepted': NEVER,
  'llm-key-malformed': NEVER,
  'llm-key-rejected': NEVER,
  'llm-busy': LATER,
  'llm-request-not-stored': LATER,
  'llm-connect-failed': LATER,
  'llm-tls-failed': NEVER,
  'llm-connection-lost': LATER,
  'llm-headers-timeout': SPENT,
  'llm-rate-limited': LATER,
  'llm-overloaded': LATER,
  'llm-provider-failed': LATER,
  'llm-quota-exhausted': NEVER,
  'llm-model-unknown': NEVER,
  'llm-context-exceeded': NEVER,
  'llm-request-refused': NEVER,
  'llm-request-rejected': NEVER,
  'llm-response-unexpected': NEVER,
  'llm-response-encoded': NEVER,
  'llm-response-malformed': NEVER,
  'llm-response-too-large': NEVER,
  'llm-response-failed': NEVER,
  'llm-response-incomplete': NEVER,
  'llm-response-not-stored': NEVER,
  'llm-idle-timeout': SPENT,
  'llm-timeout': SPENT,
  'llm-deadline': SPENT,
  'llm-cancelled': { status: 'cancelled', retry: 'never' },
} as const satisfies Record<string, Fate>;

export type LlmCode = keyof typeof FATES;

interface FailureDetail {
  readonly cause?: unknown;
  /** How long the provider asks to be left alone. */
  readonly waitMs?: number;
}

/** An end without a receipt. */
export class LlmFailure extends Error {
  override readonly name = 'LlmFailure';
  readonly waitMs: number | undefined;

  constructor(
    readonly code: LlmCode,
    message: string,
    { cause, waitMs }: FailureDetail = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.waitMs = waitMs;
  }

  /** Another try of the same request may fare better. */
  get isPassing(): boolean {
    return FATES[this.code].retry === 'later';
  }

  /** The same end, told with more: where the bytes are that it was read from. */
  told(more: string): LlmFailure {
    const { code, waitMs } = this;
    const detail = waitMs === undefined ? {} : { waitMs };
    return new LlmFailure(code, `${this.message}; ${more}`, { cause: this, ...detail });
  }

  /** With what it cost; undefined where nobody knows: a budget is charged what was reserved. */
  outcome(costCents: bigint | undefined): EffectOutcome {
    const { code, message } = this;
    const outcome = failedOutcome({ ...FATES[code], code, message });
    return costCents === undefined ? outcome : { ...outcome, costCents };
  }
}

/** A reference to a secret that leads nowhere: its own code is that of the effect. */
export class SecretFailure extends Error {
  override readonly name = 'SecretFailure';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  outcome(): EffectOutcome {
    const failed = failedOutcome({ status: 'error', code: this.code, message: this.message });
    return { ...failed, costCents: 0n };
  }
}

/** What a provider says of an error, cut to what a message bears. */
export function quote(text: string): string {
  const line = wellFormed(text).replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length > MOST_QUOTED ? `${characters.slice(0, MOST_QUOTED).join('')}…` : line;
}

const MOST_QUOTED = 300;
