/**
 * Charges fuel where a basic block begins, with one subtraction for all of its instructions, and
 * compares what is left at the heads of loops. The function's first block is charged by its
 * prologue, which is written last.
 *
 * A charge stands before the first instruction that has a price; its amount becomes known later and
 * is written over a placeholder of two bytes. A block that costs more is charged in parts.
 */
import type { ByteSink } from './byte-sink.js';
import { code } from './encoding.js';

/** The largest number that a signed LEB128 of two bytes holds. */
const MAX_CHARGE = 2 ** 13 - 1;
const NO_CHARGE = -1;

const CHECK = [...code.i64(0), code.i64LessSigned, ...code.ifThen, code.unreachable, code.end];

export class FuelWriter {
  /** Price of the function's first block. */
  entryPrice = 0;
  /** Price of all instructions, each taken once. */
  totalPrice = 0;
  #inEntry = true;
  #placeholder = NO_CHARGE;
  #price = 0;
  readonly #head: readonly number[];
  readonly #tail: readonly number[];
  readonly #out: ByteSink;

  constructor(out: ByteSink, fuelGlobal: number) {
    this.#out = out;
    this.#head = [...code.globalGet(fuelGlobal), 0x42, 0x80, 0x00];
    this.#tail = [code.i64Subtract, ...code.globalSet(fuelGlobal)];
  }

  /** Starts over with a function. */
  reset(entryPrice: number): void {
    this.entryPrice = entryPrice;
    this.totalPrice = entryPrice;
    this.#inEntry = true;
    this.#placeholder = NO_CHARGE;
    this.#price = 0;
  }

  /** Whether an instruction of this price needs a charge to be written before it. */
  needsCharge(price: number): boolean {
    if (this.#inEntry || price === 0) return false;
    return this.#placeholder === NO_CHARGE || this.#price + price > MAX_CHARGE;
  }

  /** Adds an instruction to the current block. */
  add(price: number): void {
    this.totalPrice += price;
    if (this.#inEntry) this.entryPrice += price;
    else this.#price += price;
  }

  /** Writes the charge of a block that begins here. */
  openCharge(): void {
    this.close();
    this.#out.append(this.#head);
    this.#placeholder = this.#out.size - 2;
    this.#out.append(this.#tail);
  }

  /** The same at the head of a loop, where what is left is compared, by way of a local. */
  openCheckedCharge(local: number): void {
    this.close();
    this.#out.append(this.#head);
    this.#placeholder = this.#out.size - 2;
    this.#out.append([code.i64Subtract, ...code.localTee(local), ...this.#tail.slice(1)]);
    this.#out.append([...code.localGet(local), ...CHECK]);
  }

  /** The current block ends. */
  close(): void {
    this.#inEntry = false;
    if (this.#placeholder !== NO_CHARGE) this.#out.patchTwo(this.#placeholder, this.#price);
    this.#placeholder = NO_CHARGE;
    this.#price = 0;
  }
}
