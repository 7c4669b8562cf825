/**
 * What the interfaces of providers have in common.
 *
 * 1. A request is a function of the prompt: the same prompt is the same bytes.
 * 2. Of an answer only that is read which somebody decides by: text, calls of tools, why it ended,
 *    and what it used. All else stays in the bytes, which are kept.
 */
import type { Prompt, ToolCall } from '../prompt/prompt.js';
import type { Usage } from '../usage/usage.js';

export type ProtocolName = 'openai-chat' | 'openai-responses' | 'anthropic-messages';

/** Why an answer ended. */
export type Finish = 'stop' | 'length' | 'tool-calls' | 'refusal' | 'filtered' | 'other';

export interface Answer {
  /** As the provider names the answer; undefined when it does not. */
  readonly id: string | undefined;
  /** As the provider names the model; undefined when it does not. */
  readonly model: string | undefined;
  /** What was said; for a refusal, why. */
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finish: Finish;
  /** Undefined where the provider did not count, or not in numbers that make sense. */
  readonly usage: Usage | undefined;
  /** JSON of what the provider wants to see again when the talk goes on. */
  readonly native: string;
}

/** A piece of an answer on its way. */
export type Delta =
  | { readonly text: string }
  | {
      readonly index: number;
      readonly id: string;
      readonly name: string;
      readonly arguments: string;
    };

/** One event of a stream (WHATWG, server-sent events). */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
}

/** An answer that comes in pieces. */
export interface AnswerStream {
  /** Takes an event in. Throws what a malformed or failed answer is. */
  take(event: StreamEvent): readonly Delta[];
  /** The provider has said that this was all. */
  readonly isEnded: boolean;
  /** What was used so far, as far as it was said. */
  readonly usage: Usage | undefined;
  /** The answer; undefined as long as it is not known why it ended. */
  answer(): Answer | undefined;
}

export interface RequestRules {
  readonly limitField: 'max_tokens' | 'max_completion_tokens';
}

export interface Protocol {
  /** Behind the base URL. */
  readonly path: string;
  /** Fields of `options` that cannot widen what the gate let through. */
  readonly options: readonly string[];
  headers(key: string | undefined): Readonly<Record<string, string>>;
  /** Headers of every request that say nothing about who asks. */
  readonly fixedHeaders: Readonly<Record<string, string>>;
  /** The body of a request, as JSON. */
  encode(prompt: Prompt, rules: RequestRules): string;
  /** Reads a whole answer. Throws what a malformed or failed one is. */
  read(body: string): Answer;
  openStream(): AnswerStream;
  /** What was used, from the field `usage` of an answer; undefined for what says nothing. */
  readUsage(usage: unknown): Usage | undefined;
}

/** More calls in one answer than anybody carries out. */
export const MOST_CALLS = 128;
