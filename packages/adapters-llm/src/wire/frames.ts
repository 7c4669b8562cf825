/**
 * Pieces of an answer, gathered into frames: one goes out when it is large enough, or when its
 * first piece has waited long enough, and never two at once. What comes while the world takes one
 * makes the next.
 */
import { encode } from '@aos/canon';
import { AosFault } from '@aos/protocol';
import type { LlmFrameRules } from '../options.js';
import type { Delta } from '../protocols/protocol.js';
import { wellFormed } from '../well-formed.js';

type CallDelta = Extract<Delta, { readonly index: number }>;

/** Largest frame, in characters: longer pieces are many frames. */
const MOST_CHARS = 32_768;

export class Frames {
  readonly #rules: LlmFrameRules;
  readonly #emit: (payload: Uint8Array) => Promise<void>;
  #text = '';
  #calls: CallDelta[] = [];
  #chars = 0;
  #isFirst = true;
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failure: unknown;

  constructor(rules: LlmFrameRules, emit: (payload: Uint8Array) => Promise<void>) {
    this.#rules = rules;
    this.#emit = emit;
  }

  add(deltas: readonly Delta[]): void {
    if (this.#failure !== undefined) return;
    for (const delta of deltas) {
      if ('text' in delta) this.#text += delta.text;
      else this.#addCall(delta);
      this.#chars += 'text' in delta ? delta.text.length : delta.arguments.length + 1;
    }
    if (this.#chars === 0) return;
    if (this.#chars >= this.#rules.bytes) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), this.#rules.intervalMs);
  }

  /**
   * Sends what is left; resolves when the world has all of it. Behind a secret nothing more goes
   * out: the host fails the call for it. Rejects with what else a frame was refused for.
   */
  async flush(): Promise<void> {
    while (this.#chars > 0 || this.#sending !== undefined) {
      this.#send();
      await this.#sending;
    }
    if (this.#failure === undefined || isEcho(this.#failure)) return;
    throw this.#failure;
  }

  /** Sends nothing more. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#text = '';
    this.#calls = [];
    this.#chars = 0;
  }

  #addCall(delta: CallDelta): void {
    const last = this.#calls.at(-1);
    const isMore = last?.index === delta.index && delta.id === '' && delta.name === '';
    if (!isMore) this.#calls.push(delta);
    else
      this.#calls[this.#calls.length - 1] = {
        ...last,
        arguments: last.arguments + delta.arguments,
      };
  }

  #send(): void {
    if (this.#sending !== undefined || this.#chars === 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const payload = this.#take();
    const sent = this.#emit(payload).catch((error) => {
      this.#failure ??= error;
      this.drop();
    });
    this.#sending = sent.then(() => {
      this.#sending = undefined;
      if (this.#chars >= this.#rules.bytes) this.#send();
      else if (this.#chars > 0) {
        this.#timer ??= setTimeout(() => this.#send(), this.#rules.intervalMs);
      }
    });
  }

  /** As much as goes into one frame, text first; no pair of surrogates is cut. */
  #take(): Uint8Array {
    const text = cut(this.#text, MOST_CHARS);
    this.#text = this.#text.slice(text.length);
    let room = MOST_CHARS - text.length;
    const calls: CallDelta[] = [];
    for (let call = this.#calls[0]; call !== undefined && room > 0; call = this.#calls[0]) {
      const part = cut(call.arguments, room);
      room -= part.length + 1;
      calls.push({ ...call, arguments: part });
      if (part.length === call.arguments.length) this.#calls.shift();
      else
        this.#calls[0] = {
          ...call,
          id: '',
          name: '',
          arguments: call.arguments.slice(part.length),
        };
    }
    const rest = this.#calls.map((call) => call.arguments.length + 1);
    this.#chars = this.#text.length + rest.reduce((sum, chars) => sum + chars, 0);
    const first = this.#isFirst;
    this.#isFirst = false;
    return encode({ first, text: wellFormed(text), tool_calls: calls.map(writeCall) });
  }
}

function isEcho(failure: unknown): boolean {
  return failure instanceof AosFault && failure.code === 'secret-echoed';
}

function writeCall({ index, id, name, arguments: written }: CallDelta) {
  return {
    ...{ index, id: wellFormed(id), name: wellFormed(name) },
    arguments: wellFormed(written),
  };
}

/** Up to so many characters; one more where the last is the first half of a pair. */
function cut(text: string, chars: number): string {
  const last = text.charCodeAt(chars - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? chars + 1 : chars);
}
