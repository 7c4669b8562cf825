/**
 * A client of a living world: requests go out at once, as many as are allowed before answers come,
 * and answers find their requests by id.
 *
 * W1 Of each kind of request no more is open at a time than the server takes; what is beyond waits
 *    here, in order, behind nothing but its kind. Streams beyond are refused: none needs to end.
 * W2 A stream gets items for which it has room, and asks for more when half of it was taken.
 * W3 When the connection ends, everything that is open rejects with `control-closed`. Whether a
 *    request was done then is not known; an event with a dedup id can be sent again.
 */
import { type Refusal, RefusalError, type Result } from '@aos/canon';
import {
  type AosFault,
  type ControlArgs,
  type ControlError,
  type ControlItem,
  type ControlResult,
  type ControlStream,
  type ControlVerb,
  callKind,
  type HelloMessage,
  MAX_OPEN,
  type PlainValue,
  parseServerMessage,
  type ServerMessage,
  type WorldAccess,
} from '@aos/protocol';
import type { Channel } from './channel.js';
import { connectionEnded, errorOf, faultOf, serverUnreadable } from './faults.js';
import { ItemQueue } from './item-queue.js';
import { Slots } from './slots.js';

/** Items of a stream that may be on their way. */
const CREDIT = 64;
const MAX_ID = 2 ** 32 - 1;

interface OpenCall {
  resolve(answer: Result<PlainValue>): void;
  reject(fault: AosFault): void;
}

interface OpenStream {
  readonly id: number;
  readonly queue: ItemQueue;
}

export class WorldClient implements WorldAccess {
  readonly #calls = new Map<number, OpenCall>();
  readonly #streams = new Map<number, ItemQueue>();
  readonly #slots = {
    send: new Slots(MAX_OPEN.send),
    read: new Slots(MAX_OPEN.read),
    wait: new Slots(MAX_OPEN.wait),
  };
  #lastId = 0;
  #greeted: { resolve(): void; reject(fault: AosFault): void } | undefined;
  #fault: AosFault | undefined;
  #goodbye: AosFault | undefined;
  #onClosed: (() => void) | undefined;
  readonly #closed = new Promise<void>((resolve) => {
    this.#onClosed = resolve;
  });

  /** Use {@link connectWorld} or {@link connectPort}. */
  constructor(private readonly channel: Channel) {
    channel.start({
      message: (message) => this.#take(message),
      ended: (reason) => this.#end(connectionEnded(reason)),
      closed: () => this.#onClosed?.(),
    });
  }

  /** Says who we are; resolves when the server agrees, rejects with why it does not. */
  greet(hello: HelloMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#greeted = { resolve, reject };
      this.channel.send(hello);
      if (this.#fault !== undefined) reject(this.#fault);
    });
  }

  /** Whether requests can still be answered. */
  get isOpen(): boolean {
    return this.#fault === undefined;
  }

  /**
   * Once `signal` is aborted nothing is waited for any more, as if the time of the request were up;
   * what it hands in is handed in all the same.
   */
  async call<V extends ControlVerb>(
    verb: V,
    args: ControlArgs<V>,
    signal?: AbortSignal,
  ): Promise<Result<ControlResult<V>>> {
    const slots = this.#slots[callKind(verb, args as PlainValue)];
    if (!slots.take()) await slots.wait();
    try {
      // a server answers with the result of the verb
      return (await this.#request(verb, args as PlainValue, signal)) as Result<ControlResult<V>>;
    } finally {
      slots.free();
    }
  }

  stream<V extends ControlStream>(verb: V, args: ControlArgs<V>): AsyncIterable<ControlItem<V>> {
    return {
      [Symbol.asyncIterator]: () =>
        this.#items(verb, args as PlainValue) as AsyncIterator<ControlItem<V>>,
    };
  }

  /** Ends the connection; what is open rejects. Resolves when it has ended. */
  close(): Promise<void> {
    this.#end(connectionEnded(undefined));
    return this.#closed;
  }

  async #request(
    verb: string,
    args: PlainValue,
    signal: AbortSignal | undefined,
  ): Promise<Result<PlainValue>> {
    if (this.#fault !== undefined) throw this.#fault;
    const id = this.#nextId();
    const refusal = this.#say({ type: 'request', id, verb, args });
    if (refusal !== undefined) return { ok: false, refusal };
    const answer = new Promise<Result<PlainValue>>((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
    });
    if (signal === undefined) return answer;
    const cancel = () => this.channel.send({ type: 'cancel', id });
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    return answer.finally(() => signal.removeEventListener('abort', cancel));
  }

  #items(verb: string, args: PlainValue): AsyncIterator<PlainValue> {
    let open: Promise<OpenStream> | undefined;
    let isLeft = false;
    return {
      next: async () => {
        open ??= this.#open(verb, args);
        const { queue } = await open;
        return isLeft ? { done: true, value: undefined } : queue.next();
      },
      return: async () => {
        isLeft = true;
        // whether it can be opened at all is no longer of interest
        open?.then(
          (stream) => this.#leave(stream),
          () => undefined,
        );
        return { done: true, value: undefined };
      },
    };
  }

  async #open(verb: string, args: PlainValue): Promise<OpenStream> {
    if (this.#fault !== undefined) throw this.#fault;
    const id = this.#nextId();
    const refusal = this.#say({ type: 'request', id, verb, args, credit: CREDIT });
    if (refusal !== undefined) throw new RefusalError(refusal);
    const more = (count: number) => this.channel.send({ type: 'pull', id, count });
    const queue = new ItemQueue(CREDIT, more);
    this.#streams.set(id, queue);
    return { id, queue };
  }

  #leave({ id, queue }: OpenStream): void {
    if (queue.hasEnded) return;
    this.channel.send({ type: 'cancel', id });
    queue.leave();
  }

  /** What keeps a message from being sent: it is too large. */
  #say(message: PlainValue): Refusal | undefined {
    try {
      this.channel.send(message);
      return undefined;
    } catch (error) {
      if (error instanceof RefusalError) return error.refusal;
      throw error;
    }
  }

  #take(value: PlainValue): void {
    const message = parseServerMessage(value);
    if (!message.ok) {
      this.#end(serverUnreadable(message.refusal.detail));
      return;
    }
    this.#handle(message.value);
  }

  #handle(message: ServerMessage): void {
    switch (message.type) {
      case 'response': {
        const call = this.#calls.get(message.id);
        this.#calls.delete(message.id);
        if (message.ok) call?.resolve({ ok: true, value: message.result });
        else if (call !== undefined) answerError(call, message.error);
        return;
      }
      case 'item':
        this.#streams.get(message.id)?.push(message.item);
        return;
      case 'end': {
        const queue = this.#streams.get(message.id);
        this.#streams.delete(message.id);
        queue?.end(message.error === null ? undefined : errorOf(message.error));
        return;
      }
      case 'goodbye':
        this.#goodbye = faultOf(message.error);
        return;
      case 'welcome':
        this.#greeted?.resolve();
        this.#greeted = undefined;
    }
  }

  #nextId(): number {
    do this.#lastId = this.#lastId === MAX_ID ? 1 : this.#lastId + 1;
    while (this.#calls.has(this.#lastId) || this.#streams.has(this.#lastId));
    return this.#lastId;
  }

  #end(fault: AosFault): void {
    if (this.#fault !== undefined) return;
    this.#fault = this.#goodbye ?? fault;
    this.#greeted?.reject(this.#fault);
    for (const call of this.#calls.values()) call.reject(this.#fault);
    this.#calls.clear();
    for (const queue of this.#streams.values()) queue.end(this.#fault);
    this.#streams.clear();
    this.channel.end();
  }
}

function answerError(call: OpenCall, error: ControlError): void {
  if (error.kind !== 'refusal') {
    call.reject(faultOf(error));
    return;
  }
  const { code, at, message } = error;
  call.resolve({ ok: false, refusal: { code, at, detail: message } });
}
