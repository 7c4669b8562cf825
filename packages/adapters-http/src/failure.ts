/**
 * Why a request has no receipt: one table says for each code how the call ends and whether another
 * start may fare better.
 *
 * F1. Whatever servers, networks, names, certificates and blobs do has a code here. An error that
 *     has none is a defect of ours and is thrown on.
 * F2. A failure before the first byte of an answer is another one than a failure inside its body.
 */
import type { Refusal } from '@aos/canon';
import { type EffectFailure, type EffectOutcome, failedOutcome } from '@aos/protocol';

type Fate = Pick<EffectFailure, 'status' | 'retry'>;

const NEVER: Fate = { status: 'error', retry: 'never' };
const LATER: Fate = { status: 'error', retry: 'later' };
const SLOW: Fate = { status: 'timeout', retry: 'later' };

const FATES = {
  'http-params-invalid': NEVER,
  'http-secret-invalid': NEVER,
  'http-request-body-missing': NEVER,
  'http-request-body-unreadable': LATER,
  'http-address-denied': NEVER,
  'http-name-unknown': NEVER,
  'http-name-unresolved': LATER,
  'http-connect-failed': LATER,
  'http-connect-timeout': SLOW,
  'http-tls-untrusted': NEVER,
  'http-tls-failed': NEVER,
  'http-send-timeout': SLOW,
  'http-headers-timeout': SLOW,
  'http-headers-too-large': NEVER,
  'http-response-malformed': NEVER,
  'http-connection-lost': LATER,
  'http-body-timeout': SLOW,
  'http-body-incomplete': LATER,
  'http-body-too-large': NEVER,
  'http-body-not-stored': LATER,
  'http-body-encoded': NEVER,
  'http-body-partial': NEVER,
  'http-redirect-invalid': NEVER,
  'http-redirect-denied': NEVER,
  'http-redirects-exceeded': NEVER,
  'http-timeout': SLOW,
  'http-deadline': { status: 'timeout', retry: 'never' },
  'http-cancelled': { status: 'cancelled', retry: 'never' },
} as const satisfies Record<string, Fate>;

export type HttpCode = keyof typeof FATES;

/** Those of the port of secrets are not in the table: none of them fares better again. */
type SecretCode = `secret-${string}` | `vault-${string}`;

/** An end without a receipt. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';

  constructor(
    /** Or the code of a secret that cannot be resolved. */
    readonly code: HttpCode | SecretCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }

  /** For a secret that cannot be resolved: its code, for good. */
  static ofSecret({ code, detail }: Refusal): HttpFailure {
    return new HttpFailure(code as SecretCode, detail);
  }

  outcome(): EffectOutcome {
    const { code, message } = this;
    const fate = Object.hasOwn(FATES, code) ? FATES[code as HttpCode] : NEVER;
    return failedOutcome({ ...fate, code, message });
  }
}

/** How far an exchange has come. */
export type Phase = 'connect' | 'send' | 'headers' | 'body';

/** Codes of what can go wrong whatever the phase. */
const CODES: ReadonlyMap<string, HttpCode> = new Map<string, HttpCode>([
  ['ENOTFOUND', 'http-name-unknown'],
  // what the client takes for granted of an answer, as that its status has a first digit
  ['ERR_ASSERTION', 'http-response-malformed'],
  ['EPROTO', 'http-tls-failed'],
  ['UND_ERR_HEADERS_OVERFLOW', 'http-headers-too-large'],
  ['UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'http-request-body-unreadable'],
  ['UND_ERR_INVALID_ARG', 'http-params-invalid'],
  ['UND_ERR_NOT_SUPPORTED', 'http-params-invalid'],
]);

/** The same, by how the platform begins the name of the error; the first that fits counts. */
const FAMILIES: readonly (readonly [RegExp, HttpCode])[] = [
  [/^EAI_/, 'http-name-unresolved'],
  [/^ERR_(SSL|TLS_(?!CERT))/, 'http-tls-failed'],
  [/CERT|ISSUER|VERIFY_LEAF|INVALID_CA|PATH_LENGTH|PURPOSE|HOSTNAME/, 'http-tls-untrusted'],
];

/** What a broken connection means, by phase. */
const BROKEN: Readonly<Record<Phase, HttpCode>> = {
  connect: 'http-connect-failed',
  send: 'http-connection-lost',
  headers: 'http-connection-lost',
  body: 'http-body-incomplete',
};

/** Errors of Node about how it is called. */
const DEFECTS = /^ERR_(INVALID_ARG|INVALID_THIS|OUT_OF_RANGE|MISSING_ARGS)/;

/** What undici says of answers that come unasked. */
const UNASKED = new Set(['bad response', 'bad upgrade']);

/** The failure that an error of the platform stands for. Throws what is none. */
export function failureOf(error: unknown, phase: Phase): HttpFailure {
  if (error instanceof HttpFailure) return error;
  if (!(error instanceof Error)) throw error;
  const name = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const code = CODES.get(name) ?? codeOfAnswer(error, name, phase) ?? codeOfFamily(name);
  if (code === undefined && !isOutside(error, name)) throw error;
  const message = `${error.message || 'no connection'} (${name})`;
  return new HttpFailure(code ?? BROKEN[phase], message, error);
}

/** The parser tells of a length that is none as of one that was not kept. */
function codeOfAnswer(error: Error, name: string, phase: Phase): HttpCode | undefined {
  const isBad = phase === 'body' ? 'http-body-incomplete' : 'http-response-malformed';
  if (name === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return isBad;
  if (name === 'UND_ERR_SOCKET' && UNASKED.has(error.message)) return 'http-response-malformed';
  if (error.name !== 'HTTPParserError') return undefined;
  return error.message.includes('EOF') ? isBad : 'http-response-malformed';
}

function codeOfFamily(name: string): HttpCode | undefined {
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1];
}

/** Errors of the system and of the client have a code; those about how it is called are ours. */
function isOutside(error: Error, name: string): boolean {
  return 'code' in error && typeof error.code === 'string' && !DEFECTS.test(name);
}
