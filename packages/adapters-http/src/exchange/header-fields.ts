/** Headers as they came over the wire, as data. */

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Values by name in lower case, in the order in which they came. Values that are UTF-8 are read so,
 * others byte by byte (RFC 9110 §5.5 leaves their meaning open).
 */
export function readHeaders(raw: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    const values = headers.get(name) ?? [];
    values.push(readText(raw[i + 1] as string));
    headers.set(name, values);
  }
  return headers;
}

/** Text from one character for each byte. */
function readText(bytes: string): string {
  try {
    return decoder.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return bytes;
  }
}
