/** The items of one stream on their way from the channel to whoever reads them. */
import type { PlainValue } from '@aos/protocol';

interface Reader {
  resolve(result: IteratorResult<PlainValue, undefined>): void;
  reject(error: Error): void;
}

export class ItemQueue {
  readonly #items: PlainValue[] = [];
  #reader: Reader | undefined;
  #ended: { readonly error: Error | undefined } | undefined;
  #taken = 0;
  #isLeft = false;

  constructor(
    private readonly credit: number,
    /** Asks for so many more. */
    private readonly more: (count: number) => void,
  ) {}

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  push(item: PlainValue): void {
    if (this.#isLeft) return;
    this.#items.push(item);
    this.#serve();
  }

  end(error: Error | undefined): void {
    if (this.#ended !== undefined) return;
    this.#ended = { error };
    this.#serve();
  }

  /** Nobody reads on: what still comes is thrown away. */
  leave(): void {
    this.#isLeft = true;
    this.#items.length = 0;
    this.#reader?.resolve({ done: true, value: undefined });
    this.#reader = undefined;
  }

  /** One after the other: a reader waits for its item before it asks for the next. */
  next(): Promise<IteratorResult<PlainValue, undefined>> {
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
      this.#serve();
    });
  }

  #serve(): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    const item = this.#items.shift();
    if (item === undefined && this.#ended === undefined && !this.#isLeft) return;
    this.#reader = undefined;
    if (item !== undefined) {
      this.#count();
      reader.resolve({ done: false, value: item });
    } else if (this.#ended?.error === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(this.#ended.error);
  }

  #count(): void {
    this.#taken += 1;
    if (this.#taken * 2 < this.credit || this.#ended !== undefined) return;
    const count = this.#taken;
    this.#taken = 0;
    this.more(count);
  }
}
