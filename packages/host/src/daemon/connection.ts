/**
 * One connection to a world, behind its hello: requests come in, answers go out.
 *
 * N1 Whatever a client does, others do not notice: what it may have open is bounded in number and
 *    bytes, and beyond that nothing more is read from it until something was answered.
 * N2 To a client that does not read, nothing more is sent; its streams stand still, no answer is
 *    begun that could be large, and nothing is read from it either.
 * N3 A client that is gone takes its streams along. Inputs that it sent go on: nobody can know
 *    whether they were meant to.
 * N4 What cannot be read as a message ends the connection, with the reason.
 */

import { RefusalError } from '@aos/canon';
import type { Channel } from '@aos/client';
import {
  type ClientMessage,
  type ControlError,
  DEFAULT_CREDIT,
  isControlStream,
  isSendVerb,
  MAX_OPEN_READS,
  MAX_OPEN_SENDS,
  type PlainValue,
  parseClientMessage,
  type RequestMessage,
  type ServerMessage,
} from '@aos/protocol';
import type { ControlService } from '../control/service.js';
import { AnswerTurns } from './answer-turns.js';
import { controlError } from './control-errors.js';
import { StreamPump } from './stream-pump.js';

export interface ConnectionPorts {
  /** The service of the moment; throws AosFault while the world cannot be asked. */
  service(): ControlService;
  onDefect(cause: unknown): void;
  /** Told once, when nothing is open any more and nothing can come. */
  onClosed?(): void;
}

/** Bytes of requests that may be open; one request may always be. */
const MAX_OPEN_BYTES = 1 << 25;
/** How long streams go on for a client that has said it will send no more. */
const HALF_OPEN_MS = 5000;

/** Requests whose answers are small; some of them wait for long. */
const SMALL = new Set(['blob.put', 'halt.clear', 'journal.head', 'quiesce', 'snapshot', 'status']);

interface HeldRequest {
  readonly request: RequestMessage;
  readonly sizeBytes: number;
}

export class ControlConnection {
  readonly #streams = new Map<number, StreamPump>();
  readonly #open = new Set<number>();
  #sends = 0;
  #bytes = 0;
  /** A request beyond the bounds; nothing is read behind it. */
  #held: HeldRequest | undefined;
  /** The client sends no more: the connection ends with the last answer. */
  #isHalf = false;
  /** Nothing more is taken. */
  #isDraining = false;
  readonly #gone = new AbortController();
  readonly #turns: AnswerTurns;

  /** Messages are given to {@link take}; channel events to the others. */
  constructor(
    private readonly channel: Channel,
    private readonly ports: ConnectionPorts,
  ) {
    this.#turns = new AnswerTurns(() => !channel.isFull);
  }

  get isIdle(): boolean {
    return this.#open.size === 0;
  }

  take(value: PlainValue, sizeBytes: number): void {
    const message = parseClientMessage(value);
    if (!message.ok) {
      this.sayGoodbye(controlError(new RefusalError(message.refusal), this.ports.onDefect));
      return;
    }
    this.#handle(message.value, sizeBytes);
    if (this.channel.isFull) this.channel.pause();
  }

  /** Nothing more will come. What is open is still answered. */
  ended(reason: Error | undefined): void {
    if (reason instanceof RefusalError) {
      this.sayGoodbye(controlError(reason, this.ports.onDefect));
      return;
    }
    this.#isHalf = true;
    if (this.isIdle) this.channel.end();
    else setTimeout(() => this.#cancelAll(), HALF_OPEN_MS).unref();
  }

  closed(): void {
    this.#held = undefined;
    this.#gone.abort();
    this.#turns.clear();
    this.#cancelAll();
    this.ports.onClosed?.();
  }

  drained(): void {
    for (const pump of this.#streams.values()) pump.pump();
    this.#turns.goOn();
    this.#goOn();
  }

  get #isGone(): boolean {
    return this.#gone.signal.aborted;
  }

  /** Takes no more requests. */
  drain(): void {
    this.#isDraining = true;
    this.#held = undefined;
    this.channel.pause();
  }

  /** The last thing that is said. */
  sayGoodbye(error: ControlError): void {
    this.#isDraining = true;
    this.#held = undefined;
    this.#send({ type: 'goodbye', error });
    this.#turns.clear();
    this.#cancelAll();
    this.channel.end();
  }

  #handle(message: ClientMessage, sizeBytes: number): void {
    switch (message.type) {
      case 'request':
        this.#offer({ request: message, sizeBytes });
        return;
      case 'pull':
        this.#streams.get(message.id)?.pull(message.count);
        return;
      case 'cancel':
        this.#streams.get(message.id)?.cancel();
        return;
      case 'hello':
        this.sayGoodbye(messageError('expected one hello, found another'));
    }
  }

  #offer(held: HeldRequest): void {
    const { request, sizeBytes } = held;
    if (this.#open.has(request.id)) {
      this.sayGoodbye(messageError(`a request with the id ${request.id} is open already`));
      return;
    }
    if (this.#hasRoom(held)) {
      this.#begin(request, sizeBytes);
      return;
    }
    this.#held = held;
    this.channel.pause();
  }

  #hasRoom({ request, sizeBytes }: HeldRequest): boolean {
    if (this.isIdle) return true;
    if (this.#bytes + sizeBytes > MAX_OPEN_BYTES) return false;
    const reads = this.#open.size - this.#sends;
    return isSendVerb(request.verb) ? this.#sends < MAX_OPEN_SENDS : reads < MAX_OPEN_READS;
  }

  #begin(request: RequestMessage, sizeBytes: number): void {
    const { id, verb } = request;
    const sends = isSendVerb(verb) ? 1 : 0;
    this.#open.add(id);
    this.#sends += sends;
    this.#bytes += sizeBytes;
    const done = () => {
      this.#open.delete(id);
      this.#sends -= sends;
      this.#bytes -= sizeBytes;
      this.#goOn();
    };
    if (isControlStream(verb)) this.#stream(request, done);
    else if (sends === 1 || SMALL.has(verb)) void this.#answer(request, done);
    else this.#turns.take((free) => void this.#answer(request, done).then(free));
  }

  async #answer({ id, verb, args }: RequestMessage, done: () => void): Promise<void> {
    try {
      const answer = await this.ports.service().answer(verb, args, this.#gone.signal);
      if (answer.ok) this.#respond(id, { result: answer.value });
      else this.#respond(id, { error: this.#errorOf(new RefusalError(answer.refusal)) });
    } catch (error) {
      this.#respond(id, { error: this.#errorOf(error) });
    }
    done();
  }

  #stream({ id, verb, args, credit = DEFAULT_CREDIT }: RequestMessage, done: () => void): void {
    try {
      const items = this.ports.service().openStream(verb, args);
      if (items !== undefined) this.#startStream(id, items, { credit, done });
    } catch (error) {
      this.#respond(id, { error: this.#errorOf(error) });
      done();
    }
  }

  #startStream(
    id: number,
    items: AsyncIterator<PlainValue>,
    { credit, done }: { readonly credit: number; readonly done: () => void },
  ): void {
    const pump = new StreamPump(items, credit, {
      isClear: () => !this.#isGone && !this.channel.isFull,
      sendItem: (item) => this.channel.send({ type: 'item', id, item }),
      sendEnd: (error) => {
        this.#streams.delete(id);
        this.#send({ type: 'end', id, error: error === undefined ? null : this.#errorOf(error) });
        done();
      },
    });
    this.#streams.set(id, pump);
    pump.pump();
  }

  #errorOf(error: unknown): ControlError {
    return controlError(error, this.ports.onDefect);
  }

  /** An answer that is too large for a message is an error. */
  #respond(
    id: number,
    answer: { readonly result: PlainValue } | { readonly error: ControlError },
  ): void {
    try {
      this.#send(
        'error' in answer
          ? { type: 'response', id, ok: false, error: answer.error }
          : { type: 'response', id, ok: true, result: answer.result },
      );
    } catch (error) {
      this.#send({ type: 'response', id, ok: false, error: this.#errorOf(error) });
    }
  }

  #send(message: ServerMessage): void {
    if (!this.#isGone) this.channel.send(message);
  }

  #cancelAll(): void {
    for (const pump of this.#streams.values()) pump.cancel();
  }

  /** Something was answered, or the client has read: there may be room for what was held. */
  #goOn(): void {
    if (this.#isGone || this.#isDraining) return;
    if (this.#isHalf) {
      if (this.isIdle) this.channel.end();
      return;
    }
    const held = this.#held;
    if (held !== undefined) {
      if (!this.#hasRoom(held)) return;
      this.#held = undefined;
      this.#begin(held.request, held.sizeBytes);
    }
    if (this.#held === undefined && !this.channel.isFull) this.channel.resume();
  }
}

function messageError(message: string): ControlError {
  return { kind: 'refusal', code: 'control-message', at: '', message, retry: 'never' };
}
