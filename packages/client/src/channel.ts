/**
 * Channels: where messages go to and come from, whatever carries them.
 *
 * C1 Messages arrive whole and in order. What cannot be read ends the arriving, with the reason.
 * C2 Whoever receives may hold back: then nothing is delivered, and what carries the messages is
 *    told to send no more.
 * C3 `ended` is told once, and `closed` once after it.
 */
import type { PlainValue } from '@aos/protocol';

export interface ChannelEvents {
  /** `sizeBytes` is what it took on its way, 0 where nobody knows. */
  message(message: PlainValue, sizeBytes: number): void;
  /** Nothing more will arrive. Messages may still be sent. */
  ended(reason: Error | undefined): void;
  /** Nothing can be sent any more either. */
  closed(): void;
  /** Little is queued again, after {@link Channel.isFull}. */
  drained?(): void;
}

export interface Channel {
  /** Begins the delivery; called once. */
  start(events: ChannelEvents): void;
  /** Queues a message. Throws RefusalError `control-too-large` and nothing is sent. */
  send(message: PlainValue): void;
  /** So much is queued that one should wait for {@link ChannelEvents.drained}. */
  readonly isFull: boolean;
  /** Nothing is delivered until {@link Channel.resume}. */
  pause(): void;
  resume(): void;
  /** Sends what is queued and closes. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}
