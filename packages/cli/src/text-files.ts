/** Text as files hold it: UTF-8, or refused; nothing is repaired, for it will be hashed. */
import { readFileSync } from 'node:fs';
import { CliError } from './output.js';

/** Standard input as a file descriptor. */
export const STDIN = 0;

/** The text of a file; a byte order mark stays in it. Code: `text-not-utf8`. */
export function readTextFile(file: string | typeof STDIN): string {
  const bytes = readFileSync(file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const name = file === STDIN ? 'on standard input' : `in '${file}'`;
    const next = 'give it as UTF-8: nothing is repaired on the way in';
    throw new CliError('text-not-utf8', `expected UTF-8 text ${name}; ${next}`);
  }
}
