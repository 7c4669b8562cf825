import { describe, expect, test } from 'vitest';
import { failureOf, readError } from './provider-error.js';

const codeOf = (status: number, body: unknown) =>
  failureOf(readError(typeof body === 'string' ? body : JSON.stringify(body), status)).code;
const openai = (message: string, code: string | null = null, type = 'invalid_request_error') => ({
  error: { message, type, param: null, code },
});
const anthropic = (type: string, message: string) => ({ type: 'error', error: { type, message } });

describe('an error of a provider', () => {
  test.each<[string, number, unknown]>([
    ['llm-key-rejected', 401, openai('Incorrect API key provided', 'invalid_api_key')],
    ['llm-key-rejected', 401, anthropic('authentication_error', 'invalid x-api-key')],
    ['llm-key-rejected', 403, anthropic('permission_error', 'Your key has been revoked')],
    ['llm-key-rejected', 403, 'Forbidden'],
    ['llm-quota-exhausted', 402, openai('Payment required')],
    [
      'llm-quota-exhausted',
      429,
      openai('You exceeded your quota', 'insufficient_quota', 'insufficient_quota'),
    ],
    [
      'llm-quota-exhausted',
      400,
      anthropic('invalid_request_error', 'Your credit balance is too low to access the API'),
    ],
    [
      'llm-rate-limited',
      429,
      openai('Rate limit reached for requests', 'rate_limit_exceeded', 'requests'),
    ],
    [
      'llm-rate-limited',
      429,
      anthropic('rate_limit_error', 'This would exceed the limit of tokens per minute'),
    ],
    ['llm-rate-limited', 429, ''],
    ['llm-overloaded', 529, anthropic('overloaded_error', 'Overloaded')],
    [
      'llm-overloaded',
      503,
      openai('The engine is currently overloaded', null, 'server_error_unknown'),
    ],
    ['llm-provider-failed', 500, openai('The server had an error', null, 'server_error')],
    ['llm-provider-failed', 502, '<html>Bad gateway</html>'],
    ['llm-provider-failed', 504, ''],
    ['llm-provider-failed', 409, ''],
    [
      'llm-context-exceeded',
      400,
      openai("This model's maximum context length is 8192 tokens.", 'context_length_exceeded'),
    ],
    ['llm-context-exceeded', 400, openai('This model has a maximum context length of 100 tokens')],
    [
      'llm-context-exceeded',
      400,
      anthropic('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
    ],
    [
      'llm-context-exceeded',
      400,
      anthropic(
        'invalid_request_error',
        'input length and `max_tokens` exceed context limit: exceeds 200000 tokens',
      ),
    ],
    [
      'llm-context-exceeded',
      413,
      anthropic('request_too_large', 'Request exceeds the maximum size'),
    ],
    ['llm-model-unknown', 404, openai('The model `m-9` does not exist', 'model_not_found')],
    ['llm-model-unknown', 404, anthropic('not_found_error', 'model: m-9')],
    ['llm-model-unknown', 404, openai("model 'm-9' not found, try pulling it first")],
    ['llm-response-unexpected', 404, 'Not Found'],
    [
      'llm-request-refused',
      400,
      openai('Your request was rejected by the safety system', 'content_policy_violation'),
    ],
    [
      'llm-request-refused',
      400,
      openai("filtered by the provider's content management policy", 'content_filter'),
    ],
    ['llm-request-rejected', 400, openai('Unsupported parameter', 'unsupported_parameter')],
    ['llm-request-rejected', 422, { detail: [{ msg: 'field required' }] }],
    ['llm-response-unexpected', 302, ''],
    ['llm-response-unexpected', 418, 'teapot'],
    ['llm-response-unexpected', 204, ''],
  ])('is %s (%d %j)', (code, status, body) => {
    expect(codeOf(status, body)).toBe(code);
  });

  test('inside of an answer is told by its name', () => {
    const within = (type: string) => failureOf({ type, code: '', message: 'x' }).code;
    expect(within('overloaded_error')).toBe('llm-overloaded');
    expect(within('something_else')).toBe('llm-response-failed');
  });

  test('is quoted on one line, and not at length', () => {
    const { message } = failureOf(readError(`a\nb${'👩'.repeat(9000)}`, 500));
    expect(message).toMatch(/^the provider says no with 500: a b👩+…$/u);
    expect([...message].length).toBeLessThan(400);
  });

  test.each(['null', '[]', '{"error":null}', '{"error":"x"}', '{"error":{"message":{}}}', '{'])(
    'may be anything: %s',
    (body) => {
      expect(codeOf(500, body)).toBe('llm-provider-failed');
    },
  );
});
