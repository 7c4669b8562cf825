/** Which known word an unknown one was probably meant to be. */

/** Edits (insert, delete, replace, swap neighbours) up to which a word is taken for a slip. */
const MAX_EDITS = 2;

/** Longer words are not compared, so that hostile names cost nothing. */
const MAX_WORD_CHARS = 64;

/** The known word with the fewest edits, the first of equals; undefined when none is near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > MAX_WORD_CHARS) return undefined;
  let best: string | undefined;
  let fewest = Math.min(MAX_EDITS, Math.floor(word.length / 3)) + 1;
  for (const each of known) {
    if (Math.abs(each.length - word.length) >= fewest) continue;
    const edits = editsBetween(word.toLowerCase(), each.toLowerCase());
    if (edits >= fewest) continue;
    best = each;
    fewest = edits;
  }
  return best;
}

/** The hint for an unknown word: the near miss when there is one, otherwise all that is known. */
export function hintFor(word: string, known: readonly string[], what: string): string {
  const near = nearest(word, known);
  return near === undefined ? `${what}: ${known.join(', ')}` : `did you mean ${near}?`;
}

/** Optimal string alignment distance, row by row. */
function editsBetween(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const options = [at(row, j - 1) + 1, at(last, j) + 1, at(last, j - 1) + (isSame ? 0 : 1)];
      if (isSwap) options.push(at(before, j - 2) + 1);
      row.push(Math.min(...options));
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
