/** What was signed, made into what was not. */
import { signReceipt } from '@aos/host';
import type { RawReceipt } from '@aos/kernel';
import type { Random } from '../../random.js';
import { PEOPLE, STRANGER } from './people.js';

/** By a key that nobody knows, or may not; or not what was signed. */
export function forgedReceipt(random: Random, receipt: RawReceipt): RawReceipt {
  const { receipt: body, payload, sig } = receipt;
  switch (random.below(4)) {
    case 0:
      return signReceipt(STRANGER, body, payload);
    case 1:
      return signReceipt(PEOPLE.ana, body, payload);
    case 2:
      return { ...receipt, sig: withFlip(random, sig) };
    default:
      return { ...receipt, payload: withFlip(random, payload) };
  }
}

/** The bytes with one bit turned; one more where there are none. */
export function withFlip(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = bytes.length === 0 ? new Uint8Array(1) : bytes.slice();
  const at = random.below(copy.length);
  copy[at] = (copy[at] as number) ^ (1 << random.below(8));
  return copy;
}
