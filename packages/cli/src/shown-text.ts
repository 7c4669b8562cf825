/** How what others wrote is shown: input may be megabytes, no text, or meant for the terminal. */

const MAX_VALUE_CHARS = 80;
const MAX_LINE_CHARS = 500;
/** A path of the greatest length still fits. */
const MAX_LONG_LINE_CHARS = 5000;

/** Cuts values within a text that somebody else wrote: each to about 80 characters. */
export function cutValues(text: string): string {
  const words = text.replaceAll(/\S+/g, (word) => cut(word, MAX_VALUE_CHARS));
  return cutLines(words, MAX_LINE_CHARS);
}

/** Cuts only lines that hold more than a path and words about it. */
export const cutLongLines = (text: string): string => cutLines(text, MAX_LONG_LINE_CHARS);

function cutLines(text: string, maxChars: number): string {
  const lines = text.split('\n');
  return lines.map((line) => cut(line, maxChars)).join('\n');
}

function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const start = text.slice(0, maxChars).replace(/[\uD800-\uDBFF]$/, '');
  return `${start}… (${text.length} characters)`;
}

/**
 * What would move on the terminal, take away what stands there, or turn round the order of letters.
 * Tabs and line ends stay.
 */
const ACTING = /[^\P{Cc}\t\n\r]|\r(?!\n|$)|[\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

/** The text, with what acts on a terminal written as escapes. */
export const showActing = (text: string): string => text.replaceAll(ACTING, escaped);

/** The same on one line: nobody else's text can look like a line of ours. */
export const oneLine = (text: string): string =>
  showActing(text).replaceAll('\r', '\\r').replaceAll('\n', '\\n');

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
