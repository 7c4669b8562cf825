/**
 * Blocks that are open at a place in a function, and the height of the operand stack there. Types
 * are not tracked: the code has been validated, so counting is enough.
 */
import { overLimit } from './byte-source.js';
import { STRUCTURE_LIMITS } from './structure-limits.js';

export const BLOCK = { plain: 0, loop: 1, arm: 2, function: 3 } as const;
export type BlockKind = (typeof BLOCK)[keyof typeof BLOCK];

/** How many values a block takes and leaves. */
export interface Arity {
  readonly params: number;
  readonly results: number;
}

const CAPACITY = STRUCTURE_LIMITS.nesting + 2;

export class ControlStack {
  /** Index of the innermost block; the function itself is block 0. */
  depth = 0;
  height = 0;
  maxHeight = 0;
  readonly #kinds = new Uint8Array(CAPACITY);
  readonly #bases = new Int32Array(CAPACITY);
  readonly #params = new Int32Array(CAPACITY);
  readonly #results = new Int32Array(CAPACITY);
  /** Blocks that some branch leads to. */
  readonly #targeted = new Uint8Array(CAPACITY);
  /** Blocks whose rest cannot be reached. */
  readonly #dead = new Uint8Array(CAPACITY);

  /** Starts over with a function. */
  reset(results: number): void {
    this.depth = 0;
    this.height = 0;
    this.maxHeight = 0;
    this.#enter(BLOCK.function, { params: 0, results });
    this.#dead[0] = 0;
  }

  get kind(): BlockKind {
    return this.#kinds[this.depth] as BlockKind;
  }

  /** Nothing here is ever run. */
  get dead(): boolean {
    return this.#dead[this.depth] === 1;
  }

  pop(count: number): void {
    const base = this.#bases[this.depth] as number;
    this.height = Math.max(this.height - count, base);
  }

  push(count: number): void {
    const height = this.height + count;
    this.height = height;
    if (height > this.maxHeight) this.maxHeight = height;
  }

  open(kind: BlockKind, arity: Arity, at: number): void {
    const { nesting } = STRUCTURE_LIMITS;
    if (this.depth === nesting) throw overLimit(at, 'blocks inside blocks', nesting);
    this.pop(arity.params);
    const dead = this.#dead[this.depth] as number;
    this.depth += 1;
    this.#enter(kind, arity);
    this.#dead[this.depth] = dead;
  }

  /** The other arm of an `if`. */
  otherwise(): void {
    this.height = this.#bases[this.depth] as number;
    this.push(this.#params[this.depth] as number);
    this.#dead[this.depth] = this.#dead[this.depth - 1] as number;
  }

  /** Leaves the innermost block; whether code behind it is reached other than through its end. */
  close(): boolean {
    const { depth } = this;
    const joins = this.#kinds[depth] === BLOCK.arm || this.#targeted[depth] === 1;
    this.height = this.#bases[depth] as number;
    this.depth -= 1;
    if (depth > 0) this.push(this.#results[depth] as number);
    return joins && this.#kinds[depth] !== BLOCK.loop;
  }

  /** A branch leads to the block `label` levels out. */
  target(label: number): void {
    if (label <= this.depth) this.#targeted[this.depth - label] = 1;
  }

  /** What follows in this block is never run. */
  abandon(): void {
    this.height = this.#bases[this.depth] as number;
    this.#dead[this.depth] = 1;
  }

  #enter(kind: BlockKind, { params, results }: Arity): void {
    const { depth } = this;
    this.#kinds[depth] = kind;
    this.#bases[depth] = this.height;
    this.#params[depth] = params;
    this.#results[depth] = results;
    this.#targeted[depth] = 0;
    this.push(params);
  }
}
