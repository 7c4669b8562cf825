/** The key of a call: resolved here, put into a header, and kept nowhere. */
import type { SecretPort } from '@aos/protocol';
import { LlmFailure, SecretFailure } from './failure.js';
import type { KeyRule } from './options.js';
import type { ApiKey } from './prompt/params.js';

/** What can stand in a header. A line end at the end of a file is what it is not, most often. */
const KEY = /^[\x21-\x7e]+$/;

/**
 * The key, undefined where none is sent.
 *
 * Throws `llm-key-missing`, `llm-key-not-accepted`, `llm-key-malformed`, and the refusal of a
 * secret that cannot be resolved.
 */
export async function readKey(
  key: ApiKey | undefined,
  rule: KeyRule,
  secrets: SecretPort,
): Promise<string | undefined> {
  if (rule === 'none') return undefined;
  if (key === undefined) {
    throw new LlmFailure('llm-key-missing', 'expected a key at params/api_key, found none');
  }
  checkRule(key, rule);
  if (key.kind === 'literal') return checkKey(key.text);
  const resolved = await secrets.resolve(key.ref);
  if (!resolved.ok) throw new SecretFailure(resolved.refusal.code, resolved.refusal.detail);
  return checkKey(Buffer.from(resolved.value).toString('latin1'));
}

function checkRule(key: ApiKey, rule: KeyRule): void {
  if (typeof rule === 'string') return;
  if (key.kind === 'secret' && rule.aliases.includes(key.ref.alias)) return;
  const found = key.kind === 'secret' ? `the secret ${key.ref.alias}` : 'a literal';
  const message = `expected a secret among ${rule.aliases.join(', ')}, found ${found}`;
  throw new LlmFailure('llm-key-not-accepted', message);
}

function checkKey(key: string): string {
  if (KEY.test(key)) return key;
  const message = 'expected a key of visible ASCII, found other bytes; store it without a line end';
  throw new LlmFailure('llm-key-malformed', message);
}
