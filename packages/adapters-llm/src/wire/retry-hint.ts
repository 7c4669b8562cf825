/** How long a provider asks to be left alone. */

const NS_PER_MS = 1_000_000n;

/** `retry-after-ms`, or `retry-after` in seconds or as a date; undefined without any. */
export function retryHint(
  header: (name: string) => string | undefined,
  wallNs: bigint,
): number | undefined {
  const millis = readNumber(header('retry-after-ms'));
  if (millis !== undefined) return millis;
  const after = header('retry-after');
  const seconds = readNumber(after);
  if (seconds !== undefined) return seconds * 1000;
  const date = after === undefined ? Number.NaN : Date.parse(after);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Number(wallNs / NS_PER_MS));
}

function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
}
