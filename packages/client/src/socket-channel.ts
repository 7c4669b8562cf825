/** A channel over a stream socket, in the framing that the client chose. */
import type { Socket } from 'node:net';
import { RefusalError } from '@aos/canon';
import type { PlainValue } from '@aos/protocol';
import type { Channel, ChannelEvents } from './channel.js';
import type { WireLimits } from './wire/limits.js';
import { type Framing, MessageReader, MessageWriter } from './wire/message-reader.js';

/** Bytes that may wait in a socket before its channel counts as full. */
const FULL_BYTES = 1 << 22;
/** So much goes out without waiting for the end of the turn. */
const PIECE_BYTES = 1 << 18;
/** How long the other side may take to read the last of it and close. */
const LINGER_MS = 2000;

export interface SocketChannelOptions {
  readonly limits: WireLimits;
  /** Of what is sent. Without it that of what arrives: a server answers as it is spoken to. */
  readonly framing?: Framing;
}

export class SocketChannel implements Channel {
  readonly #reader: MessageReader;
  readonly #writer: MessageWriter;
  readonly #framing: Framing | undefined;
  #events: ChannelEvents | undefined;
  #isPaused = false;
  #isFlushing = false;
  /** Nothing more is delivered. */
  #hasEnded = false;

  constructor(
    private readonly socket: Socket,
    { limits, framing }: SocketChannelOptions,
  ) {
    this.#reader = new MessageReader(limits);
    this.#writer = new MessageWriter(limits.bytes);
    this.#framing = framing;
  }

  /** Other limits for what arrives from the next message on, and for what is sent. */
  raiseLimits(limits: WireLimits): void {
    this.#reader.limits = limits;
    this.#writer.limitBytes = limits.bytes;
  }

  start(events: ChannelEvents): void {
    this.#events = events;
    const { socket } = this;
    socket.on('data', (chunk: Buffer) => {
      if (this.#hasEnded) return;
      this.#reader.push(chunk);
      this.#deliver();
    });
    socket.on('drain', () => events.drained?.());
    socket.on('error', (error) => this.#stop(error));
    socket.on('end', () => this.#stop(undefined));
    socket.on('close', () => {
      this.#stop(undefined);
      events.closed();
    });
  }

  send(message: PlainValue): void {
    if (!this.socket.writable) return;
    const framing = this.#framing ?? this.#reader.framing ?? 'pack';
    this.#writer.add(message, framing);
    if (this.#writer.sizeBytes >= PIECE_BYTES) this.#flush();
    else if (!this.#isFlushing) {
      this.#isFlushing = true;
      setImmediate(() => this.#flush());
    }
  }

  get isFull(): boolean {
    return this.socket.writableLength + this.#writer.sizeBytes >= FULL_BYTES;
  }

  pause(): void {
    this.#isPaused = true;
    this.socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#deliver();
    if (!this.#isPaused) this.socket.resume();
  }

  /** What the other side still says is read and thrown away, or it would never read the last. */
  end(): void {
    this.#stop(undefined);
    this.#flush();
    this.socket.end();
    this.socket.resume();
    const timer = setTimeout(() => this.socket.destroy(), LINGER_MS).unref();
    this.socket.once('close', () => clearTimeout(timer));
  }

  destroy(): void {
    this.#stop(undefined);
    this.socket.destroy();
  }

  /** What is sent in one turn goes out in one piece. */
  #flush(): void {
    this.#isFlushing = false;
    if (this.#writer.sizeBytes > 0 && this.socket.writable) {
      this.socket.write(this.#writer.take());
    }
  }

  #deliver(): void {
    while (!this.#isPaused && !this.#hasEnded) {
      const before = this.#reader.sizeBytes;
      const message = this.#next();
      if (message === undefined) return;
      this.#events?.message(message, before - this.#reader.sizeBytes);
    }
  }

  #next(): PlainValue | undefined {
    try {
      return this.#reader.next();
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      this.#stop(error);
      return undefined;
    }
  }

  #stop(reason: Error | undefined): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#events?.ended(reason);
  }
}
