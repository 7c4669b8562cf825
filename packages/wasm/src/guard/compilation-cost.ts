/**
 * What a function costs to compile, beyond its length: compilers keep the state of every local at
 * every place where control joins, and walk the inside of a block once for each block around it.
 * Bounding locals, blocks and bytes one by one would leave their products, which take seconds and
 * gigabytes for a few kilobytes of code.
 */
import { overLimit } from './byte-source.js';
import { BLOCK, type BlockKind } from './control-stack.js';
import { STRUCTURE_LIMITS } from './structure-limits.js';

export class CompilationCost {
  /** Of all functions so far. */
  #moduleSlots = 0;
  #joins = 0;
  #blockBytes = 0;
  #loopBytes = 0;
  #depth = 0;
  readonly #starts = new Uint32Array(STRUCTURE_LIMITS.nesting + 2);
  readonly #loops = new Uint8Array(STRUCTURE_LIMITS.nesting + 2);

  reset(): void {
    this.#joins = 0;
    this.#blockBytes = 0;
    this.#loopBytes = 0;
    this.#depth = 0;
  }

  open(kind: BlockKind, at: number): void {
    this.#starts[this.#depth] = at;
    this.#loops[this.#depth] = kind === BLOCK.loop ? 1 : 0;
    this.#depth += 1;
    this.join();
  }

  /** The `end` of a block; that of the function itself closes nothing. */
  close(at: number): void {
    if (this.#depth === 0) return;
    this.#depth -= 1;
    const bytes = at - (this.#starts[this.#depth] as number);
    this.#blockBytes += bytes;
    if (this.#loops[this.#depth] === 1) this.#loopBytes += bytes;
  }

  /** A place where control leaves or joins. */
  join(): void {
    this.#joins += 1;
  }

  /** Refuses a function whose products are too large; `slots` are its locals and operands. */
  check(slots: number, at: number): void {
    const { joinSlots, moduleJoinSlots, blockBytes, loopBytes } = STRUCTURE_LIMITS;
    const joined = this.#joins * slots;
    if (joined > joinSlots) throw overLimit(at, `${joined} slots at joins`, joinSlots);
    this.#moduleSlots += joined;
    if (this.#moduleSlots > moduleJoinSlots) {
      throw overLimit(at, `${this.#moduleSlots} slots at joins of a module`, moduleJoinSlots);
    }
    if (this.#blockBytes > blockBytes) {
      throw overLimit(at, `${this.#blockBytes} bytes in blocks`, blockBytes);
    }
    if (this.#loopBytes > loopBytes) {
      throw overLimit(at, `${this.#loopBytes} bytes in loops`, loopBytes);
    }
  }
}
