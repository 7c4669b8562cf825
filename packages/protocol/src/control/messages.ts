/**
 * Messages of the control protocol. A client says hello first and waits for the welcome; anything
 * else ends the connection. Then it sends requests, as many as it likes before answers come: each
 * has an id that no open request of the connection has.
 *
 * A verb is answered by one response. A stream is answered by items and one end, and by no more
 * items than the client gave credit for: a reader that is slow costs nothing.
 */
import { attempt, RefusalError, type Result } from '@aos/canon';
import type { Retry } from '../fault.js';
import { ArgsReader } from './args-reader.js';
import type { PlainValue } from './plain-value.js';

/** Version of the protocol; a hello with another one is refused with `control-version`. */
export const CONTROL_VERSION = 1;

/** Most bytes of one message as MessagePack, or of one line. */
export const MAX_MESSAGE_BYTES = 2 ** 24;

/** Most items that a client may have asked for and not got of one stream. */
export const MAX_CREDIT = 65_536;
/** Items that a stream sends before it was asked for more, when the request says nothing. */
export const DEFAULT_CREDIT = 64;

const MAX_ID = 2 ** 32 - 1;

export type HelloMessage = {
  readonly type: 'hello';
  readonly v: number;
  /** What the token file of the daemon holds. */
  readonly token: string;
  /** Id of the world that is meant, as text. */
  readonly world: string;
};

export type RequestMessage = {
  readonly type: 'request';
  readonly id: number;
  readonly verb: string;
  readonly args: PlainValue;
  /** Items of a stream that may come at once. */
  readonly credit?: number;
};

/** Asks for so many more items of a stream. */
type PullMessage = {
  readonly type: 'pull';
  readonly id: number;
  readonly count: number;
};

/**
 * Ends a stream; its end still comes. A request that waits waits no longer, as if its time were up,
 * and is answered; any other goes on.
 */
type CancelMessage = {
  readonly type: 'cancel';
  readonly id: number;
};

export type ClientMessage = HelloMessage | RequestMessage | PullMessage | CancelMessage;

/** Why a request came to nothing. */
export type ControlError = {
  /** An expected no; the outside that failed; or a defect, which the log of the daemon explains. */
  readonly kind: 'refusal' | 'fault' | 'defect';
  readonly code: string;
  /** For a refusal: where. */
  readonly at: string;
  readonly message: string;
  readonly retry: Retry;
};

type WelcomeMessage = {
  readonly type: 'welcome';
  readonly v: number;
  readonly world: string;
};

type ResponseMessage =
  | {
      readonly type: 'response';
      readonly id: number;
      readonly ok: true;
      readonly result: PlainValue;
    }
  | {
      readonly type: 'response';
      readonly id: number;
      readonly ok: false;
      readonly error: ControlError;
    };

type ItemMessage = {
  readonly type: 'item';
  readonly id: number;
  readonly item: PlainValue;
};

type EndMessage = {
  readonly type: 'end';
  readonly id: number;
  /** Null when the stream is at its end. */
  readonly error: ControlError | null;
};

/** The last thing that is said before the connection is ended by the other side. */
type GoodbyeMessage = {
  readonly type: 'goodbye';
  readonly error: ControlError;
};

export type ServerMessage =
  | WelcomeMessage
  | ResponseMessage
  | ItemMessage
  | EndMessage
  | GoodbyeMessage;

/** Reads what a client said. Code: `control-message`. */
export function parseClientMessage(value: PlainValue): Result<ClientMessage> {
  return readMessage(value, (fields) => {
    const type = fields.oneOf('type', ['hello', 'request', 'pull', 'cancel']);
    if (type === 'hello') {
      const v = fields.count('v');
      return { type, v, token: fields.text('token'), world: fields.text('world') };
    }
    const id = fields.count('id', { most: MAX_ID });
    if (type === 'cancel') return { type, id };
    if (type === 'pull') return { type, id, count: fields.count('count', { most: MAX_CREDIT }) };
    const request = { type, id, verb: fields.text('verb'), args: fields.raw('args') ?? null };
    const credit = fields.countMaybe('credit', { most: MAX_CREDIT });
    return credit === undefined ? request : { ...request, credit };
  });
}

/** Reads what a server said. Code: `control-message`. */
export function parseServerMessage(value: PlainValue): Result<ServerMessage> {
  return readMessage(value, (fields) => {
    const type = fields.oneOf('type', ['welcome', 'response', 'item', 'end', 'goodbye']);
    switch (type) {
      case 'welcome':
        return { type, v: fields.count('v'), world: fields.text('world') };
      case 'goodbye':
        return { type, error: readError(fields.inner('error')) };
      case 'item':
        return { type, id: fields.count('id'), item: fields.raw('item') ?? null };
      case 'end': {
        const id = fields.count('id');
        return { type, id, error: fields.has('error') ? readError(fields.inner('error')) : null };
      }
      case 'response':
        return readResponse(fields);
    }
  });
}

function readResponse(fields: ArgsReader): ResponseMessage {
  const type = 'response' as const;
  const id = fields.count('id');
  if (!fields.flag('ok')) return { type, id, ok: false, error: readError(fields.inner('error')) };
  return { type, id, ok: true, result: fields.raw('result') ?? null };
}

function readError(fields: ArgsReader): ControlError {
  return {
    kind: fields.oneOf('kind', ['refusal', 'fault', 'defect']),
    code: fields.text('code'),
    at: fields.text('at'),
    message: fields.text('message'),
    retry: fields.oneOf('retry', ['now', 'later', 'never']),
  };
}

function readMessage<T>(value: PlainValue, read: (fields: ArgsReader) => T): Result<T> {
  const message = attempt(() => {
    const fields = new ArgsReader(value, '');
    const found = read(fields);
    fields.end();
    return found;
  });
  if (message.ok) return message;
  return { ok: false, refusal: { ...message.refusal, code: 'control-message' } };
}

/** A refusal as a client throws it where a result has no place for one. */
export function refusalOf({ code, at, message }: ControlError): RefusalError {
  return new RefusalError({ code, at, detail: message });
}
