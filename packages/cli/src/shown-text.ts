/** How much an error shows of what it was given: input may be megabytes, and may be no text. */

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
