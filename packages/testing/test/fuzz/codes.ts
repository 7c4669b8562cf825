/** Codes that spec/errors.md explains: nothing else may be answered to anybody outside. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RefusalError, type Result } from '@aos/canon';
import { AosFault } from '@aos/protocol';
import { Broken, holds } from '@aos/testing/fuzz';

/** From a bundle as from source, commands run in the root of the repository. */
export const root = process.cwd();

const rows = readFileSync(join(root, 'spec/errors.md'), 'utf8').matchAll(/^\| `([a-z0-9-]+)`/gm);
const explained = new Set([...rows].map(([, code]) => code));

/** Of a refusal, a fault or a finding. */
export function isExplained(code: string): void {
  holds(explained.has(code), `the code ${code} is explained`);
}

/** The value; `undefined` for a refusal with a code that is explained. */
export function valueIn<T>(result: Result<T>): T | undefined {
  if (result.ok) return result.value;
  isExplained(result.refusal.code);
  return undefined;
}

/** What was thrown is a refusal or a fault with a code that is explained, which it answers. */
export function codeOf(error: unknown): string {
  const known = error instanceof RefusalError || error instanceof AosFault;
  if (!known) throw error ?? new Broken('something is thrown');
  const code = error instanceof AosFault ? error.code : error.refusal.code;
  isExplained(code);
  return code;
}
