import { describe, expect, test } from 'vitest';
import { failureOf, HttpFailure, type Phase } from './failure.js';

const error = (code: string, message = 'x') => Object.assign(new Error(message), { code });

describe('an error of the platform', () => {
  test.each<[string, Phase, string]>([
    ['ECONNREFUSED', 'connect', 'http-connect-failed'],
    ['EHOSTUNREACH', 'connect', 'http-connect-failed'],
    ['ETIMEDOUT', 'connect', 'http-connect-failed'],
    ['ECONNRESET', 'send', 'http-connection-lost'],
    ['EPIPE', 'send', 'http-connection-lost'],
    ['ETIMEDOUT', 'headers', 'http-connection-lost'],
    ['ECONNRESET', 'body', 'http-body-incomplete'],
    ['UND_ERR_SOCKET', 'headers', 'http-connection-lost'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'connect', 'http-tls-untrusted'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'connect', 'http-tls-untrusted'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'connect', 'http-tls-untrusted'],
    ['CERT_HAS_EXPIRED', 'connect', 'http-tls-untrusted'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'connect', 'http-tls-untrusted'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'headers', 'http-tls-failed'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'connect', 'http-tls-failed'],
    ['EPROTO', 'connect', 'http-tls-failed'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'headers', 'http-response-malformed'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'body', 'http-body-incomplete'],
  ])('%s in the phase %s is %s', (code, phase, expected) => {
    expect(failureOf(error(code), phase).code).toBe(expected);
  });

  test('that is a failure stays the one it is', () => {
    const failure = new HttpFailure('http-timeout', 'x');
    expect(failureOf(failure, 'body')).toBe(failure);
  });

  test.each([new TypeError('x'), error('ERR_INVALID_ARG_TYPE'), 'a text', undefined])(
    'that nobody outside is to blame for is thrown on',
    (defect) => {
      let thrown: unknown;
      try {
        failureOf(defect, 'connect');
      } catch (caught) {
        thrown = caught;
      }
      expect(thrown).toBe(defect);
    },
  );
});
