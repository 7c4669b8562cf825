/**
 * One connection to a world, behind its hello: requests come in, answers go out.
 *
 * N1 Whatever a client does, others do not notice: what it may have open is bounded in number and
 *    bytes. Beyond that nothing more is read from it until something was answered, where that is
 *    soon; what waits for its world and streams are refused instead, and hold up nothing.
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
  type ControlVerb,
  callKind,
  DEFAULT_CREDIT,
  type PlainValue,
  parseClientMessage,
  type RequestMessage,
  type ServerMessage,
} from '@aos/protocol';
import type { ControlService } from '../control/service.js';
import { AnswerTurns } from './answer-turns.js';
import { controlError } from './control-errors.js';
import { type OfferedRequest, OpenRequests, offered } from './open-requests.js';
import { StreamPump } from './stream-pump.js';

export interface ConnectionPorts {
  /** The service of the moment; throws AosFault while the world cannot be asked. */
  service(): ControlService;
  onDefect(cause: unknown): void;
  /** Told once, when nothing is open any more and nothing can come. */
  onClosed?(): void;
}

/** How long streams go on for a client that has said it will send no more. */
const HALF_OPEN_MS = 5000;

/** Requests whose answers are small; some of them wait for long. */
const SMALL = new Set(['blob.put', 'halt.clear', 'journal.head', 'quiesce', 'snapshot', 'status']);

export class ControlConnection {
  readonly #streams = new Map<number, StreamPump>();
  readonly #open = new OpenRequests();
  /** Requests that wait for their world, by id; aborted when nobody wants to wait any more. */
  readonly #waits = new Map<number, AbortController>();
  /** A request beyond the bounds; nothing is read behind it. */
  #held: OfferedRequest | undefined;
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
    return this.#open.isIdle;
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
    for (const wait of this.#waits.values()) wait.abort();
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
        this.#offer(offered(message, sizeBytes));
        return;
      case 'pull':
        this.#streams.get(message.id)?.pull(message.count);
        return;
      case 'cancel':
        this.#streams.get(message.id)?.cancel();
        this.#waits.get(message.id)?.abort();
        return;
      case 'hello':
        this.sayGoodbye(messageError('expected one hello, found another'));
    }
  }

  #offer(offer: OfferedRequest): void {
    const { id } = offer.request;
    if (this.#open.has(id)) {
      this.sayGoodbye(messageError(`a request with the id ${id} is open already`));
      return;
    }
    switch (this.#open.judge(offer)) {
      case 'begun':
        this.#begin(offer);
        return;
      case 'held':
        this.#held = offer;
        this.channel.pause();
        return;
      case 'refused':
        this.#refuse(offer);
    }
  }

  #refuse({ request: { id }, kind }: OfferedRequest): void {
    if (kind === 'stream') this.#send({ type: 'end', id, error: TOO_MANY });
    else this.#send({ type: 'response', id, ok: false, error: TOO_MANY });
  }

  #begin(offer: OfferedRequest): void {
    const { request, kind } = offer;
    const free = this.#open.add(offer);
    const done = () => {
      free();
      this.#goOn();
    };
    if (kind === 'stream') this.#stream(request, done);
    else if (kind === 'wait') void this.#wait(request, done);
    else this.#take(request, this.#gone.signal, done);
  }

  /** Where the answer may be large, it is made when it is its turn. */
  #take(request: RequestMessage, signal: AbortSignal, done: () => void): void {
    if (isSmall(request.verb)) void this.#answer(request, signal).then(done);
    else this.#turns.take((free) => void this.#answer(request, signal).then(done).then(free));
  }

  /** Whoever waits for a record takes no turn meanwhile. */
  async #wait(request: RequestMessage, done: () => void): Promise<void> {
    const { id, verb, args } = request;
    const left = new AbortController();
    this.#waits.set(id, left);
    const over = () => {
      this.#waits.delete(id);
      done();
    };
    try {
      const service = this.ports.service();
      if (!isSmall(verb)) await service.untilReady(verb as ControlVerb, args, left.signal);
    } catch (error) {
      this.#respond(id, { error: this.#errorOf(error) });
      over();
      return;
    }
    this.#take(request, left.signal, over);
  }

  async #answer({ id, verb, args }: RequestMessage, signal: AbortSignal): Promise<void> {
    try {
      const answer = await this.ports.service().answer(verb, args, signal);
      if (answer.ok) this.#respond(id, { result: answer.value });
      else this.#respond(id, { error: this.#errorOf(new RefusalError(answer.refusal)) });
    } catch (error) {
      this.#respond(id, { error: this.#errorOf(error) });
    }
  }

  #stream({ id, verb, args, credit = DEFAULT_CREDIT }: RequestMessage, done: () => void): void {
    try {
      const items = this.ports.service().openStream(verb, args);
      if (items !== undefined) this.#startStream(id, items, { credit, done });
    } catch (error) {
      this.#send({ type: 'end', id, error: this.#errorOf(error) });
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
      if (this.#open.judge(held) !== 'begun') return;
      this.#held = undefined;
      this.#begin(held);
    }
    if (this.#held === undefined && !this.channel.isFull) this.channel.resume();
  }
}

function isSmall(verb: string): boolean {
  return SMALL.has(verb) || callKind(verb, null) === 'send';
}

const TOO_MANY: ControlError = {
  kind: 'refusal',
  code: 'control-waits',
  at: '',
  message:
    'as many requests wait on this connection as may, or as many streams are open; nothing was ' +
    'done; let one end, cancel one, do not wait, or open another connection',
  retry: 'later',
};

function messageError(message: string): ControlError {
  return { kind: 'refusal', code: 'control-message', at: '', message, retry: 'never' };
}
