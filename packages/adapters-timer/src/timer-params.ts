/** Parameters of `timer.set`, `sys/TimerSetParams@1`. */
import { decodePlain, type Value } from '@aos/canon';

export interface TimerParams {
  /** Logical time. */
  readonly deliverAtNs: bigint;
  /** Goes into the receipt as it is. */
  readonly key: string | null;
}

const FIELDS = 2;

/** `undefined` for bytes that are no parameters. */
export function parseTimerParams(bytes: Uint8Array): TimerParams | undefined {
  const decoded = decodePlain(bytes);
  const fields = decoded.ok && decoded.value instanceof Map ? decoded.value : undefined;
  if (fields?.size !== FIELDS || !fields.has('key')) return undefined;
  const deliverAtNs = readNat(fields.get('deliver_at_ns'));
  const key = fields.get('key');
  const isKey = key === null || typeof key === 'string';
  return deliverAtNs === undefined || !isKey ? undefined : { deliverAtNs, key };
}

function readNat(value: Value | undefined): bigint | undefined {
  const isInteger = typeof value === 'bigint' || typeof value === 'number';
  return isInteger && value >= 0 ? BigInt(value) : undefined;
}
