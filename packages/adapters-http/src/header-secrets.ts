/**
 * Headers whose values are secrets: resolved for as long as the call runs, and never written into
 * parameters, messages or receipts.
 */
import type { SecretPort, SecretRef } from '@aos/protocol';
import { HttpFailure } from './failure.js';
import { type Header, isHeaderValue, type SentHeader } from './params.js';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class HeaderSecrets {
  readonly #values = new Map<string, string>();

  constructor(private readonly secrets: SecretPort) {}

  /** Whether any was resolved. */
  get areUsed(): boolean {
    return this.#values.size > 0;
  }

  /** The headers as they go out. Throws the code of what keeps a secret from being resolved. */
  async fill(headers: readonly Header[]): Promise<readonly SentHeader[]> {
    const filled: SentHeader[] = [];
    for (const [name, value] of headers) {
      filled.push([name, typeof value === 'string' ? value : await this.#resolve(name, value)]);
    }
    return filled;
  }

  async #resolve(header: string, ref: SecretRef): Promise<string> {
    const name = `${ref.alias}@${ref.version}`;
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const found = await this.secrets.resolve(ref);
    if (!found.ok) throw HttpFailure.ofSecret(found.refusal);
    const value = textOf(found.value);
    if (value === undefined || !isHeaderValue(value)) {
      const message = `expected ${name} to be a text without line ends, for the header ${header}`;
      throw new HttpFailure('http-secret-invalid', message);
    }
    this.#values.set(name, value);
    return value;
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
