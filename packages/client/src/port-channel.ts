/**
 * A channel over a message port: a world in a thread of its own. What is sent is copied by the
 * platform, integers and bytes as they are, and there is no hello: whoever has the port may speak.
 */
import type { MessagePort } from 'node:worker_threads';
import type { PlainValue } from '@aos/protocol';
import type { Channel, ChannelEvents } from './channel.js';

export class PortChannel implements Channel {
  /** A port takes whatever it is given; what is in flight is bounded by open requests. */
  readonly isFull = false;
  readonly #held: PlainValue[] = [];
  #events: ChannelEvents | undefined;
  #isPaused = false;
  #hasClosed = false;

  constructor(private readonly port: MessagePort) {}

  start(events: ChannelEvents): void {
    this.#events = events;
    this.port.on('message', (message: PlainValue) => {
      this.#held.push(message);
      this.#deliver();
    });
    this.port.on('close', () => this.#close());
  }

  send(message: PlainValue): void {
    if (!this.#hasClosed) this.port.postMessage(message);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#deliver();
  }

  end(): void {
    this.port.close();
  }

  destroy(): void {
    this.port.close();
    this.#close();
  }

  #deliver(): void {
    while (!this.#isPaused && !this.#hasClosed) {
      const message = this.#held.shift();
      if (message === undefined) return;
      this.#events?.message(message, 0);
    }
  }

  #close(): void {
    if (this.#hasClosed) return;
    this.#hasClosed = true;
    this.#events?.ended(undefined);
    this.#events?.closed();
  }
}
