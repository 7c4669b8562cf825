/**
 * A good answer on its way in: its bytes are kept as they come, and read on the way.
 *
 * R1. Whatever came is stored, also where the answer breaks off or cannot be read.
 * R2. What is read is looked through before the bytes that it was read from are stored: a secret
 *     that comes back in pieces shows in the text alone.
 * R3. No more than a bound is taken, and nothing once the provider has said that it was all.
 */
import { concatBytes, type Hash, toHashText } from '@aos/canon';
import type { EffectContext } from '@aos/protocol';
import { type LlmCode, LlmFailure } from '../failure.js';
import { fieldsOf, malformed, readJson } from '../protocols/json.js';
import type { Answer, AnswerStream, Delta, Protocol } from '../protocols/protocol.js';
import type { Usage } from '../usage/usage.js';
import { wellFormed } from '../well-formed.js';
import { EventReader } from './event-reader.js';
import type { Frames } from './frames.js';
import type { WireResponse } from './transport.js';

/** For the end of a connection behind the end of an answer. */
const LINGER_MS = 250;

const BREAKS = new Set<LlmCode>(['llm-response-incomplete', 'llm-idle-timeout']);

export interface ReceptionPorts {
  readonly context: Pick<EffectContext, 'blobs' | 'clock' | 'secrets'>;
  readonly protocol: Protocol;
  /** Where pieces go, if anybody wants them. */
  readonly frames: Frames | undefined;
  readonly limitBytes: number;
}

export interface Received {
  readonly answer: Answer;
  readonly responseRef: Hash;
  readonly firstNs: bigint;
}

export class Reception {
  readonly #response: WireResponse;
  readonly #ports: ReceptionPorts;
  readonly #stream: AnswerStream | undefined;
  readonly #events = new EventReader();
  readonly #parts: Uint8Array[] = [];
  #sizeBytes = 0;
  #firstNs: bigint | undefined;
  #hasSpoken = false;
  #failure: unknown;
  #answer: Answer | undefined;

  constructor(response: WireResponse, ports: ReceptionPorts) {
    this.#response = response;
    this.#ports = ports;
    const isStream = /^text\/event-stream\b/i.test(response.header('content-type') ?? '');
    this.#stream = isStream ? ports.protocol.openStream() : undefined;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** What the provider says was used, before there is an answer. */
  get usage(): Usage | undefined {
    return this.#stream === undefined ? this.#wholeUsage() : this.#stream.usage;
  }

  /** That of an answer which is JSON, though it may be no answer. */
  #wholeUsage(): Usage | undefined {
    try {
      return this.#ports.protocol.readUsage(fieldsOf(readJson(this.#text())).usage);
    } catch {
      return undefined;
    }
  }

  #text(): string {
    return Buffer.from(concatBytes(...this.#parts)).toString('utf8');
  }

  /** Throws what keeps it from being an answer, and `llm-response-not-stored`. */
  async receive(): Promise<Received> {
    if (isEncoded(this.#response)) {
      this.#response.end();
      const message = `expected an answer as it is, found one in ${encodingOf(this.#response)}`;
      throw new LlmFailure('llm-response-encoded', message);
    }
    const { blobs, clock } = this.#ports.context;
    const responseRef = await this.#store(blobs);
    const firstNs = this.#firstNs ?? clock.wallNs();
    try {
      if (this.#failure !== undefined) throw this.#failure;
      const answer = this.#answer ?? this.#readAll();
      await this.#ports.frames?.flush();
      return { answer, responseRef, firstNs };
    } catch (error) {
      if (!(error instanceof LlmFailure)) throw error;
      throw error.told(`what came is kept as ${toHashText(responseRef)}`);
    }
  }

  async #store(blobs: EffectContext['blobs']): Promise<Hash> {
    try {
      return (await blobs.put(this.#chunks(), this.#ports.limitBytes)).hash;
    } catch (cause) {
      if (this.#failure !== undefined) throw this.#failure;
      throw new LlmFailure('llm-response-not-stored', `cannot store the answer: ${cause}`, {
        cause,
      });
    }
  }

  /** Ends where the answer ends, whether well or not; never throws. */
  async *#chunks(): AsyncGenerator<Uint8Array> {
    const reader = this.#response.chunks[Symbol.asyncIterator]();
    try {
      while (this.#failure === undefined) {
        const next = await this.#next(reader);
        if (next === undefined || next.done === true) break;
        const chunk = next.value;
        this.#firstNs ??= this.#ports.context.clock.wallNs();
        this.#sizeBytes += chunk.length;
        if (this.#sizeBytes > this.#ports.limitBytes) throw tooLarge(this.#ports.limitBytes);
        this.#attempt(() => this.#take(chunk));
        yield chunk;
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      if (this.#failure === undefined) this.#attempt(() => this.#readAll());
      this.#response.end();
    }
  }

  #attempt(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (!this.#isWholeAt(error)) this.#failure ??= error;
  }

  /** The next bytes; behind the end of the answer only those that are there already. */
  async #next(
    reader: AsyncIterator<Uint8Array>,
  ): Promise<IteratorResult<Uint8Array, unknown> | undefined> {
    if (this.#stream?.isEnded !== true) return reader.next();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), LINGER_MS);
    });
    const next = reader.next();
    next.catch(() => undefined);
    return Promise.race([next, late]).finally(() => clearTimeout(timer));
  }

  /**
   * Behind its end an answer breaks off no more; nor where nothing but its count may be missing.
   */
  #isWholeAt(error: unknown): boolean {
    if (this.#stream?.isEnded === true) return true;
    const isBreak = error instanceof LlmFailure && BREAKS.has(error.code);
    return isBreak && this.#stream?.answer() !== undefined;
  }

  #take(chunk: Uint8Array): void {
    if (this.#stream === undefined) {
      this.#parts.push(chunk);
      return;
    }
    for (const event of this.#events.read(chunk)) {
      if (this.#stream.isEnded) return;
      const deltas = this.#takeEvent(this.#stream, event);
      this.#hasSpoken ||= deltas.length > 0;
      for (const delta of deltas) this.#look(delta);
      this.#ports.frames?.add(deltas);
    }
  }

  #look(delta: Delta): void {
    const { secrets } = this.#ports.context;
    if ('text' in delta) secrets.shows(delta.text, 'delta/text');
    else secrets.shows(delta.arguments, `delta/call/${delta.index}`);
  }

  /** The whole answer, looked through at once. */
  #readAll(): Answer {
    const answer = asText(this.#read());
    const { secrets } = this.#ports.context;
    secrets.shows(answer.text, 'answer/text');
    secrets.shows(answer.native, 'answer/native');
    for (const [i, { id, name, arguments: written }] of answer.toolCalls.entries()) {
      secrets.shows(id, 'answer/id');
      secrets.shows(name, 'answer/name');
      secrets.shows(written, `answer/call/${i}`);
    }
    this.#answer = answer;
    return answer;
  }

  /** What fails before a word was said may be tried again, like what fails before an answer. */
  #takeEvent(stream: AnswerStream, event: Parameters<AnswerStream['take']>[0]) {
    try {
      return stream.take(event);
    } catch (error) {
      const isSpent = this.#hasSpoken && error instanceof LlmFailure && error.isPassing;
      throw isSpent ? new LlmFailure('llm-response-failed', error.message) : error;
    }
  }

  #read(): Answer {
    if (this.#stream === undefined) {
      return this.#ports.protocol.read(this.#text());
    }
    const answer = this.#stream.answer();
    if (answer !== undefined) return answer;
    if (this.#sizeBytes === 0) throw malformed('an answer');
    const message = 'the answer ended before it said why';
    throw new LlmFailure('llm-response-incomplete', message);
  }
}

/** Nobody can look for an echo of a secret in bytes that are packed; none were asked for. */
export function isEncoded(response: WireResponse): boolean {
  return !['', 'identity'].includes(encodingOf(response));
}

function encodingOf(response: WireResponse): string {
  return (response.header('content-encoding') ?? '').trim().toLowerCase();
}

/** What is said is said in text: providers may send halves of characters. */
function asText(answer: Answer): Answer {
  const toolCalls = answer.toolCalls.map(({ id, name, arguments: written }) => {
    return { id: wellFormed(id), name: wellFormed(name), arguments: wellFormed(written) };
  });
  return { ...answer, text: wellFormed(answer.text), toolCalls };
}

function tooLarge(limitBytes: number): LlmFailure {
  const message = `expected an answer of at most ${limitBytes} bytes, found more`;
  return new LlmFailure('llm-response-too-large', message);
}
