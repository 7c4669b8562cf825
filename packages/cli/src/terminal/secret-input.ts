/**
 * A secret as it is typed or piped in: never an argument, which others can see in lists of
 * processes and which shells remember.
 */
import type { ReadStream } from 'node:tty';
import { CliError } from '../output.js';

/** More than any secret may have. */
const MOST_BYTES = 1 << 17;

export type SecretInput = NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY' | 'setRawMode'>>;

/** What comes in, without the line end behind it. On a terminal one line, which is not shown. */
export async function readSecret(
  ask: (text: string) => void,
  input: SecretInput = process.stdin,
): Promise<Uint8Array> {
  const value = input.isTTY === true ? await typed(ask, input) : await piped(input);
  if (value.length > 0) return value;
  const message = 'expected a value on standard input, found none; pipe it in, or type it';
  throw new CliError('secret-value-missing', message);
}

async function piped(input: SecretInput): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    sizeBytes += bytes.length;
    if (sizeBytes > MOST_BYTES) {
      throw new CliError('secret-too-large', `expected at most ${MOST_BYTES} bytes, found more`);
    }
    chunks.push(bytes);
  }
  return withoutLineEnd(Buffer.concat(chunks));
}

const [END_OF_TEXT, END_OF_INPUT, BACKSPACE, DELETE] = ['\x03', '\x04', '\b', '\x7f'];

/** Reads letter by letter, so that the terminal shows none of them. */
async function typed(ask: (text: string) => void, input: SecretInput): Promise<Uint8Array> {
  ask('value (it is not shown): ');
  input.setRawMode?.(true);
  input.resume();
  try {
    const letters: string[] = [];
    for await (const chunk of input) {
      for (const letter of Buffer.from(chunk).toString('utf8')) {
        if (letter === END_OF_TEXT) throw new CliError('secret-value-missing', 'nothing was typed');
        if (letter === '\r' || letter === '\n' || letter === END_OF_INPUT) {
          return Buffer.from(letters.join(''));
        }
        if (letter === BACKSPACE || letter === DELETE) letters.pop();
        else letters.push(letter);
      }
    }
    return Buffer.from(letters.join(''));
  } finally {
    input.setRawMode?.(false);
    input.pause();
    ask('\n');
  }
}

function withoutLineEnd(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  return bytes.subarray(0, text.replace(/\r?\n$/, '').length);
}
