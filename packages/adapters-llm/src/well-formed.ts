/** Text whose halves of surrogate pairs all have their other half, as CBOR wants it. */

/** Halves that are alone become U+FFFD, as in any UTF-8. */
export function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
