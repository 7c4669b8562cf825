/**
 * What waits to be stepped.
 *
 * I1 Control verbs go before everything else, so that a world which never comes to rest can still
 *    be paused; among themselves, and all others among themselves, inputs keep their order.
 * I2 Number and bytes of what waits are bounded. Control verbs have room of their own.
 * I3 An input whose signature is still verified holds those behind it, so that they keep their
 *    order; it holds no control verb, and nothing that the world does of its own.
 */
import type { Refusal, Result } from '@aos/canon';
import type { RawInput } from '@aos/kernel';
import type { AosFault } from '@aos/protocol';
import type { SignatureWait } from '../keys/signature-wait.js';
import type { Ack } from './acks.js';

/** An input that nobody else can change, and who waits for its answer. */
export interface Waiting {
  readonly raw: RawInput;
  readonly sizeBytes: number;
  /** The epoch of the world in which a signature was found to hold. */
  readonly epoch: number;
  /** Of an input whose signature is verified while it waits. */
  readonly signature?: SignatureWait | undefined;
  resolve(answer: Result<Ack>): void;
  reject(fault: AosFault): void;
}

export interface InboxLimits {
  readonly inputs: number;
  readonly bytes: number;
}

/** Most control verbs that may wait beside a full inbox. */
const VERB_ROOM = 64;

export class Inbox {
  readonly #verbs = new Queue<Waiting>();
  readonly #others = new Queue<Waiting>();
  #bytes = 0;

  constructor(private readonly limits: InboxLimits) {}

  get size(): number {
    return this.#verbs.size + this.#others.size;
  }

  /** Whether anything can be taken at this moment. */
  get isReady(): boolean {
    return this.#verbs.size > 0 || this.hasOthers;
  }

  /** Whether anything but control verbs can be taken. */
  get hasOthers(): boolean {
    const { first } = this.#others;
    return first !== undefined && first.signature?.isPending !== true;
  }

  /** Takes an input in, or refuses it: `inbox-full`. */
  offer(waiting: Waiting): Refusal | undefined {
    const isVerb = waiting.raw.kind === 'control';
    const isFull = isVerb
      ? this.#verbs.size >= VERB_ROOM
      : this.#others.size >= this.limits.inputs ||
        this.#bytes + waiting.sizeBytes > this.limits.bytes;
    if (isFull) {
      return {
        code: 'inbox-full',
        at: '',
        detail: `${this.size} inputs are waiting; send again later`,
      };
    }
    if (isVerb) this.#verbs.push(waiting);
    else {
      this.#bytes += waiting.sizeBytes;
      this.#others.push(waiting);
    }
    return undefined;
  }

  takeVerb(): Waiting | undefined {
    return this.#verbs.shift();
  }

  /** The next of all others. */
  take(): Waiting | undefined {
    if (!this.hasOthers) return undefined;
    const waiting = this.#others.shift();
    this.#bytes -= waiting?.sizeBytes ?? 0;
    return waiting;
  }

  /** Takes out everything. */
  clear(): Waiting[] {
    this.#bytes = 0;
    return [...this.#verbs.clear(), ...this.#others.clear()];
  }
}

/** Items taken before their room is given back: shifting an array moves all that is left. */
const COMPACT_AT = 256;

class Queue<T> {
  #items: T[] = [];
  #next = 0;

  get size(): number {
    return this.#items.length - this.#next;
  }

  get first(): T | undefined {
    return this.#items[this.#next];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#next];
    if (item === undefined) return undefined;
    this.#next += 1;
    if (this.#next >= COMPACT_AT && this.#next * 2 >= this.#items.length) this.clearTaken();
    return item;
  }

  clear(): T[] {
    this.clearTaken();
    return this.#items.splice(0);
  }

  private clearTaken(): void {
    this.#items.splice(0, this.#next);
    this.#next = 0;
  }
}
