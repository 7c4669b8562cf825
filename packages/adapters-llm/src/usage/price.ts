/**
 * What a call costs: exact, in integers.
 *
 * Prices are cents for a million tokens, as decimals of up to nine places. A call costs the sum
 * over its tokens; receipts carry it in nanocents and in cents, both rounded up: a call that is not
 * free is never charged as if it were.
 */
import type { Usage } from './usage.js';

/** Cents for a million tokens, as `'15'` or `'7.5'`. */
export interface ModelPrice {
  readonly prompt: string;
  readonly completion: string;
  /** Of prompts that come from a cache; default as other prompts. */
  readonly cacheRead?: string;
  /** Of prompts that go into a cache; default as other prompts. */
  readonly cacheWrite?: string;
}

/** Units of 10⁻¹⁵ cents for a token. */
interface UnitPrice {
  readonly prompt: bigint;
  readonly completion: bigint;
  readonly cacheRead: bigint;
  readonly cacheWrite: bigint;
}

export type PriceTable = ReadonlyMap<string, UnitPrice>;

export interface Cost {
  readonly cents: bigint;
  readonly nanocents: bigint;
}

const NO_COST: Cost = { cents: 0n, nanocents: 0n };

const PRICE = /^(0|[1-9]\d{0,8})(?:\.(\d{1,9}))?$/;
const PLACES = 9;
const UNITS_PER_NANOCENT = 1_000_000n;
const UNITS_PER_CENT = 1_000_000_000_000_000n;

/** Throws a RangeError for what is no price: a table is configuration. */
export function compilePrices(prices: Readonly<Record<string, ModelPrice>>): PriceTable {
  return new Map(Object.entries(prices).map(([model, price]) => [model, compilePrice(price)]));
}

function compilePrice({ prompt, completion, cacheRead, cacheWrite }: ModelPrice): UnitPrice {
  return {
    prompt: unitsOf(prompt),
    completion: unitsOf(completion),
    cacheRead: unitsOf(cacheRead ?? prompt),
    cacheWrite: unitsOf(cacheWrite ?? prompt),
  };
}

function unitsOf(price: string): bigint {
  const [, whole, fraction = ''] = PRICE.exec(price) ?? [];
  if (whole === undefined) {
    const form = `at most nine digits and ${PLACES} places`;
    throw new RangeError(`expected a price as '7.5', with ${form}, found ${price}`);
  }
  return BigInt(whole + fraction.padEnd(PLACES, '0'));
}

export function costOf(usage: Usage, price: UnitPrice | undefined): Cost {
  if (price === undefined) return NO_COST;
  const { prompt, completion, cacheRead, cacheWrite } = usage;
  const units =
    BigInt(prompt - cacheRead - cacheWrite) * price.prompt +
    BigInt(cacheRead) * price.cacheRead +
    BigInt(cacheWrite) * price.cacheWrite +
    BigInt(completion) * price.completion;
  return costOfUnits(units);
}

/** The most that a prompt of so many bytes and an answer of so many tokens may come to. */
export function worstCost(
  requestBytes: number,
  maxTokens: bigint,
  price: UnitPrice | undefined,
): Cost {
  if (price === undefined) return NO_COST;
  const { prompt, completion, cacheRead, cacheWrite } = price;
  const [dearest = prompt] = [prompt, cacheRead, cacheWrite].sort((a, b) => Number(b - a));
  return costOfUnits(BigInt(requestBytes) * dearest + maxTokens * completion);
}

function costOfUnits(units: bigint): Cost {
  return { cents: divideUp(units, UNITS_PER_CENT), nanocents: divideUp(units, UNITS_PER_NANOCENT) };
}

function divideUp(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}
