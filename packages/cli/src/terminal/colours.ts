/**
 * Colours on a terminal. They only say again what the words say, so a reader without them misses
 * nothing; programs get none.
 */

/** Whether a stream is to be coloured: a terminal, unless somebody asks for none. */
export function isColoured(
  { isTerminal }: { readonly isTerminal: boolean },
  env: NodeJS.ProcessEnv,
): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return isTerminal && env.TERM !== 'dumb';
}

const RESET = '\u001b[0m';
const STYLES = { bad: '\u001b[31m', good: '\u001b[32m', open: '\u001b[33m', faint: '\u001b[2m' };

type Style = keyof typeof STYLES;

const paint = (text: string, style: Style): string => `${STYLES[style]}${text}${RESET}`;

/** Words that stand for themselves, with the style each has. */
const WORDS: readonly (readonly [words: RegExp, style: Style])[] = [
  [/\bsha256:[0-9a-f]{12,64}…?/g, 'faint'],
  [/\b(?:waiting-[a-z]+|waiting|running|paused|draining|pending)\b/g, 'open'],
  [/\b(?:FAILED|failed|denied|faulted|halted|cancelled|error|timeout|late)\b/g, 'bad'],
  [/\b(?:OK|completed|done)\b/g, 'good'],
];

/** One line for people, coloured. Text in quotes is a value of somebody's and stays as it is. */
export function colourLine(line: string): string {
  return line
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((part, i) => (i % 2 === 1 ? part : colourPart(part)))
    .join('');
}

function colourPart(part: string): string {
  return WORDS.reduce((text, [words, style]) => {
    return text.replaceAll(words, (word) => paint(word, style));
  }, part);
}

export const colourError = (text: string): string => paint(text, 'bad');

export const colourWarning = (text: string): string => paint(text, 'open');
