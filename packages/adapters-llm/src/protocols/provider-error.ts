/** What the errors of providers mean. */
import { type LlmCode, LlmFailure, quote } from '../failure.js';
import { type Fields, fieldsOf, textOf } from './json.js';

/** An error as providers tell it. */
export interface ProviderError {
  /** Status of HTTP; undefined inside of an answer. */
  readonly status?: number;
  readonly type: string;
  readonly code: string;
  readonly message: string;
}

/** Kinds of errors by the `code` or `type` that a provider gives them. */
const NAMED: ReadonlyMap<string, LlmCode> = new Map<string, LlmCode>([
  ['context_length_exceeded', 'llm-context-exceeded'],
  ['request_too_large', 'llm-context-exceeded'],
  ['model_not_found', 'llm-model-unknown'],
  ['insufficient_quota', 'llm-quota-exhausted'],
  ['billing_error', 'llm-quota-exhausted'],
  ['billing_hard_limit_reached', 'llm-quota-exhausted'],
  ['rate_limit_exceeded', 'llm-rate-limited'],
  ['rate_limit_error', 'llm-rate-limited'],
  ['overloaded_error', 'llm-overloaded'],
  ['server_error', 'llm-provider-failed'],
  ['api_error', 'llm-provider-failed'],
  ['timeout_error', 'llm-provider-failed'],
  ['invalid_api_key', 'llm-key-rejected'],
  ['authentication_error', 'llm-key-rejected'],
  ['permission_error', 'llm-key-rejected'],
  ['content_filter', 'llm-request-refused'],
  ['content_policy_violation', 'llm-request-refused'],
  ['invalid_prompt', 'llm-request-refused'],
]);

/** What only words say, of a request that was rejected. */
const WORDED: readonly (readonly [RegExp, LlmCode])[] = [
  [/context (length|window|size)|prompt is too long|input is too long/i, 'llm-context-exceeded'],
  [/(too many|exceeds?) .*\btokens\b|maximum .*\btokens\b.*\bexceed/i, 'llm-context-exceeded'],
  [/credit balance is too low/i, 'llm-quota-exhausted'],
  [/content (policy|management|filter)/i, 'llm-request-refused'],
];

const BY_STATUS: ReadonlyMap<number, LlmCode> = new Map<number, LlmCode>([
  [400, 'llm-request-rejected'],
  [401, 'llm-key-rejected'],
  [402, 'llm-quota-exhausted'],
  [403, 'llm-key-rejected'],
  [408, 'llm-provider-failed'],
  [409, 'llm-provider-failed'],
  [413, 'llm-context-exceeded'],
  [422, 'llm-request-rejected'],
  [429, 'llm-rate-limited'],
  [503, 'llm-overloaded'],
  [529, 'llm-overloaded'],
]);

const NOT_FOUND = 404;
const SERVER_ERRORS = 500;

/** The failure that an error stands for. */
export function failureOf(error: ProviderError, waitMs?: number): LlmFailure {
  const { status, type, message } = error;
  const where = status === undefined ? 'in its answer' : `with ${status}`;
  const kind = error.code || type;
  const said = quote(`${kind === '' ? '' : `${kind}: `}${message}`);
  const text = `the provider says no ${where}${said === '' ? '' : `: ${said}`}`;
  return new LlmFailure(codeOf(error), text, waitMs === undefined ? {} : { waitMs });
}

function codeOf({ status, type, code, message }: ProviderError): LlmCode {
  const named = NAMED.get(code) ?? NAMED.get(type);
  if (named !== undefined) return named;
  if (status === NOT_FOUND) {
    const isModel = type === 'not_found_error' || /\bmodel\b/i.test(message);
    return isModel ? 'llm-model-unknown' : 'llm-response-unexpected';
  }
  const byStatus = BY_STATUS.get(status ?? 0);
  const isRejected = byStatus === 'llm-request-rejected' || status === undefined;
  const worded = isRejected ? WORDED.find(([pattern]) => pattern.test(message))?.[1] : undefined;
  if (worded !== undefined) return worded;
  if (byStatus !== undefined) return byStatus;
  if (status === undefined) return 'llm-response-failed';
  return status >= SERVER_ERRORS ? 'llm-provider-failed' : 'llm-response-unexpected';
}

/** Reads `{error: {type, code, message}}`, which all of them send, or takes the text as it is. */
export function readError(body: string, status: number): ProviderError {
  try {
    return { status, ...errorFields(fieldsOf(fieldsOf(JSON.parse(body)).error)) };
  } catch {
    return { status, type: '', code: '', message: body };
  }
}

export function errorFields({ type, code, message }: Fields): Omit<ProviderError, 'status'> {
  return { type: textOf(type), code: textOf(code), message: textOf(message) };
}
