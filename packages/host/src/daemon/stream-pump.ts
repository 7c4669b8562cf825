/** One stream of a connection: items go out while the client gave credit and the way is free. */
import { MAX_CREDIT, type PlainValue } from '@aos/protocol';

export interface PumpPorts {
  /** Whether an item may be sent at this moment. */
  isClear(): boolean;
  sendItem(item: PlainValue): void;
  /** Said once, when there are no more items. */
  sendEnd(error: unknown): void;
}

export class StreamPump {
  #credit: number;
  #isPumping = false;
  #hasEnded = false;

  constructor(
    private readonly items: AsyncIterator<PlainValue>,
    credit: number,
    private readonly ports: PumpPorts,
  ) {
    this.#credit = credit;
  }

  /** What a client asks for beyond the limit it will have to ask for again. */
  pull(count: number): void {
    this.#credit = Math.min(MAX_CREDIT, this.#credit + count);
    this.pump();
  }

  /** Sends what may be sent. */
  pump(): void {
    if (this.#isPumping || this.#hasEnded) return;
    this.#isPumping = true;
    this.#run().then(
      () => {
        this.#isPumping = false;
        // credit or room may have come while the last item was waited for
        if (this.#isAllowed) this.pump();
      },
      (error: unknown) => this.#end(error),
    );
  }

  /** The client wants no more of it. */
  cancel(): void {
    this.#end(undefined);
  }

  get #isAllowed(): boolean {
    return !this.#hasEnded && this.#credit > 0 && this.ports.isClear();
  }

  async #run(): Promise<void> {
    while (this.#isAllowed) {
      const { done, value } = await this.items.next();
      if (this.#hasEnded) return;
      if (done === true) {
        this.#end(undefined);
        return;
      }
      this.#credit -= 1;
      this.ports.sendItem(value);
    }
  }

  #end(error: unknown): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    // a stream that fails while it is left has nobody to tell
    this.items.return?.().then(undefined, () => undefined);
    this.ports.sendEnd(error);
  }
}
