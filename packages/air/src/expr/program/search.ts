/** Where one run of characters or bytes stands in another, in time linear in both. */

type At = (index: number) => number;

interface Units {
  readonly length: number;
  readonly at: At;
}

/** Up to this many comparisons the built-in search is as good, whatever the text is. */
const MAX_SIMPLE_WORK = 65_536;

export function textContains(text: string, part: string): boolean {
  if (text.length * part.length <= MAX_SIMPLE_WORK) return text.includes(part);
  return contains(
    { length: text.length, at: (i) => text.charCodeAt(i) },
    { length: part.length, at: (i) => part.charCodeAt(i) },
  );
}

export function bytesContain(bytes: Uint8Array, part: Uint8Array): boolean {
  return contains(
    { length: bytes.length, at: (i) => bytes[i] as number },
    { length: part.length, at: (i) => part[i] as number },
  );
}

/** Knuth, Morris and Pratt: after a mismatch, the longest prefix that may still match. */
function contains(whole: Units, part: Units): boolean {
  if (part.length === 0) return true;
  if (part.length > whole.length) return false;
  const prefixes = prefixLengths(part);
  let matched = 0;
  for (let i = 0; i < whole.length; i++) {
    const unit = whole.at(i);
    while (matched > 0 && part.at(matched) !== unit) matched = prefixes[matched - 1] as number;
    if (part.at(matched) === unit) matched += 1;
    if (matched === part.length) return true;
  }
  return false;
}

/** For each place the length of the longest proper prefix that ends there. */
function prefixLengths(part: Units): Uint32Array {
  const lengths = new Uint32Array(part.length);
  let matched = 0;
  for (let i = 1; i < part.length; i++) {
    while (matched > 0 && part.at(matched) !== part.at(i)) matched = lengths[matched - 1] as number;
    if (part.at(matched) === part.at(i)) matched += 1;
    lengths[i] = matched;
  }
  return lengths;
}
