/**
 * Finds any of many byte strings in one pass (Aho and Corasick, 1975): a table of states, each the
 * longest end of what was read that one of the strings begins with.
 */

/** What {@link BytePatterns.read} answers with when one of the strings was read. */
export const FOUND = -1;
/** Nothing was read. */
export const START = 0;

const BYTES = 256;

/** Fewer bytes of the begin of a string say nothing of it. */
const HEAD_BYTES = 4;
/** As many, or half of the string, are told from chance. */
const BEGIN_BYTES = 6;

/** How much of a string has begun: less than four bytes; some; or six of them, or half. */
export type Begun = 0 | 1 | 2;

export class BytePatterns {
  /** Bytes that occur in no string are one class; the others have their own. */
  readonly #classOf = new Uint16Array(BYTES);
  readonly #classes: number;
  /** By state times classes plus class: the next state, times classes. */
  readonly #next: Int32Array;
  /** By state: how much of a string has begun. */
  readonly #begun: Uint8Array;

  /** @param patterns none of them empty. */
  constructor(patterns: readonly Uint8Array[]) {
    let classes = 1;
    for (const byte of new Set(patterns.flatMap((each) => [...each]))) {
      this.#classOf[byte] = classes++;
    }
    this.#classes = classes;
    const most = 1 + patterns.reduce((sum, { length }) => sum + length, 0);
    const next = new Int32Array(most * classes);
    const begun = new Uint8Array(most);
    const ends = new Uint8Array(most);
    const states = this.#addAll(patterns, { next, begun, ends });
    this.#next = next.subarray(0, states * classes);
    this.#begun = begun;
    this.#link(states, ends);
  }

  /** How many states there are: what the table is as large as. */
  get states(): number {
    return this.#next.length / this.#classes;
  }

  /** The state after these bytes; with `skip` set, as if its bytes were not there. */
  read(state: number, bytes: Uint8Array, skip?: Uint8Array): number {
    const next = this.#next;
    const classOf = this.#classOf;
    let at = state;
    for (let i = 0; i < bytes.length; i += 1) {
      const byte = bytes[i] as number;
      if (skip !== undefined && skip[byte] === 1) continue;
      at = next[at + (classOf[byte] as number)] as number;
      if (at === FOUND) return FOUND;
    }
    return at;
  }

  /** How much of a string the last bytes were the begin of. */
  begunAt(state: number): Begun {
    return state === FOUND ? 2 : (this.#begun[state / this.#classes] as Begun);
  }

  /** Makes the tree of all strings; answers with the number of states. */
  #addAll(
    patterns: readonly Uint8Array[],
    { next, begun, ends }: { next: Int32Array; begun: Uint8Array; ends: Uint8Array },
  ): number {
    const classes = this.#classes;
    let states = 1;
    for (const pattern of patterns) {
      const least = Math.min(BEGIN_BYTES, Math.ceil(pattern.length / 2));
      let state = 0;
      for (const [i, byte] of pattern.entries()) {
        const place = state * classes + (this.#classOf[byte] as number);
        if (next[place] === 0) {
          next[place] = states * classes;
          states += 1;
        }
        state = (next[place] as number) / classes;
        if (i + 1 >= least) begun[state] = 2;
        else if (i + 1 >= HEAD_BYTES && begun[state] === 0) begun[state] = 1;
      }
      ends[state] = 1;
    }
    return states;
  }

  /** Fills in where to go on when a string breaks off, breadth first. */
  #link(states: number, ends: Uint8Array): void {
    const classes = this.#classes;
    const next = this.#next;
    const fallback = new Int32Array(states);
    const queue: number[] = [0];
    for (let head = 0; head < queue.length; head += 1) {
      const state = queue[head] as number;
      const back = fallback[state] as number;
      if (ends[back] === 1) ends[state] = 1;
      this.#begun[state] = Math.max(this.#begun[state] as Begun, this.#begun[back] as Begun);
      for (let each = 0; each < classes; each += 1) {
        const place = state * classes + each;
        const child = (next[place] as number) / classes;
        const other = state === 0 ? 0 : (next[back * classes + each] as number);
        if (child === 0) next[place] = other;
        else {
          fallback[child] = other / classes;
          queue.push(child);
        }
      }
    }
    for (let place = 0; place < next.length; place += 1) {
      if (ends[(next[place] as number) / classes] === 1) next[place] = FOUND;
    }
  }
}
