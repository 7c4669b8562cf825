/** Values of options that are not text. */
import { InvalidArgumentError } from 'commander';

export function parseNatural(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('expected a natural number');
}
