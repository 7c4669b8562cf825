/** From parameters to what a model is asked: the blobs that they name are read, within a bound. */
import { concatBytes, decodeUtf8, type Hash, toHashText } from '@aos/canon';
import type { BlobPort } from '@aos/protocol';
import { LlmFailure } from '../failure.js';
import { parseChat } from './chat-document.js';
import type { LlmParams, MessageRef, PartRef } from './params.js';
import type { Message, Part, Prompt, Tool } from './prompt.js';
import { parseTurn } from './turn.js';

/**
 * Throws `llm-input-missing`, `llm-input-unreadable`, `llm-input-invalid`, `llm-input-too-large`,
 * and `llm-params-invalid` for a tool that the chat does not have.
 */
export async function readPrompt(
  params: LlmParams,
  blobs: BlobPort,
  limitBytes: number,
): Promise<Prompt> {
  const reader = new BlobTexts(blobs, limitBytes);
  const { model, maxTokens, temperature } = params;
  const common = { model, maxTokens, temperature };
  if (params.version === 2) {
    const { tools, toolChoice, output, options, isStreamed } = params;
    const messages: Message[] = [];
    for (const message of params.messages) messages.push(await readMessage(message, reader));
    return { ...common, messages, tools, toolChoice, output, options, isStreamed };
  }
  const chat = parseChat(await reader.text(params.inputRef));
  return {
    ...{ ...common, messages: chat.messages, tools: pickTools(chat.tools, params.tools) },
    ...{ toolChoice: undefined, output: undefined, options: new Map(), isStreamed: false },
  };
}

function pickTools(tools: readonly Tool[], names: readonly string[]): readonly Tool[] {
  return names.map((name) => {
    const tool = tools.find((each) => each.name === name);
    if (tool !== undefined) return tool;
    const message = `expected a tool of the chat at params/tools, found ${name}`;
    throw new LlmFailure('llm-params-invalid', message);
  });
}

async function readMessage({ role, parts }: MessageRef, reader: BlobTexts): Promise<Message> {
  const read: Part[] = [];
  for (const part of parts) read.push(await readPart(part, reader));
  return { role, parts: read };
}

async function readPart(part: PartRef, reader: BlobTexts): Promise<Part> {
  switch (part.kind) {
    case 'text-ref':
      return { kind: 'text', text: await reader.text(part.ref) };
    case 'turn-ref':
      return { kind: 'turn', turn: parseTurn(await reader.text(part.ref)) };
    case 'image-ref': {
      const base64 = Buffer.from(await reader.bytes(part.ref)).toString('base64');
      return { kind: 'image', mediaType: part.mediaType, base64 };
    }
    default:
      return part;
  }
}

/** Blobs of one call, together of at most so many bytes. */
class BlobTexts {
  #leftBytes: number;

  constructor(
    private readonly blobs: BlobPort,
    private readonly limitBytes: number,
  ) {
    this.#leftBytes = limitBytes;
  }

  async text(hash: Hash): Promise<string> {
    const text = decodeUtf8(await this.bytes(hash));
    if (text.ok) return text.value;
    const message = `expected UTF-8 in ${toHashText(hash)}, found other bytes`;
    throw new LlmFailure('llm-input-invalid', message);
  }

  async bytes(hash: Hash): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    const chunks = await this.#read(hash, () => this.blobs.get(hash));
    if (chunks === undefined) throw missing(hash);
    const iterator = chunks[Symbol.asyncIterator]();
    for (;;) {
      const next = await this.#read(hash, () => iterator.next());
      if (next.done === true) return concatBytes(...parts);
      this.#leftBytes -= next.value.length;
      parts.push(next.value);
      if (this.#leftBytes >= 0) continue;
      await iterator.return?.();
      const message = `expected blobs of at most ${this.limitBytes} bytes together, found more`;
      throw new LlmFailure('llm-input-too-large', message);
    }
  }

  async #read<T>(hash: Hash, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (cause) {
      const message = `cannot read ${toHashText(hash)}: ${cause}`;
      throw new LlmFailure('llm-input-unreadable', message, { cause });
    }
  }
}

function missing(hash: Hash): LlmFailure {
  const message = `expected a stored blob, found none as ${toHashText(hash)}`;
  return new LlmFailure('llm-input-missing', message);
}
