/** Ordered keys of decimals: class, place of the first digit, digits in pairs. */
import type { OrderedBytes } from './ordered-bytes.js';

const NEGATIVE = 0x00;
const ZERO = 0x01;
const POSITIVE = 0x02;
/** Place of the first digit 0.d × 10^place is within ±70, so that it fits a byte with this. */
const PLACE_BIAS = 0x80;

/** Appends a decimal in normal form (air: `dec128`). Numeric order. */
export function appendDecimal(out: OrderedBytes, normal: string): void {
  const isNegative = normal.startsWith('-');
  const [whole = '', fraction = ''] = (isNegative ? normal.slice(1) : normal).split('.');
  const all = whole + fraction;
  const leading = all.length - all.replace(/^0+/, '').length;
  const digits = all.slice(leading).replace(/0+$/, '');
  if (digits === '') {
    out.byte(ZERO);
    return;
  }
  out.byte(isNegative ? NEGATIVE : POSITIVE);
  const flip = isNegative ? 0xff : 0x00;
  out.byte((whole.length - leading + PLACE_BIAS) ^ flip);
  for (let i = 0; i < digits.length; i += 2) {
    const pair = Number(digits.slice(i, i + 2).padEnd(2, '0'));
    out.byte((pair + 1) ^ flip);
  }
  out.byte(flip);
}
