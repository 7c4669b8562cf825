/** What a scripted model answers. */
import { sha256, toHex, utf8 } from '@aos/canon';

/** A request, as far as scripts look at it. */
export interface ScriptRequest {
  readonly model: string;
  readonly maxTokens: number;
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  /** Names of the tools that are offered. */
  readonly tools: readonly string[];
  /** An answer in JSON is asked for. */
  readonly isJson: boolean;
}

export interface ScriptReply {
  readonly text?: string;
  readonly refusal?: string;
  readonly toolCalls?: readonly {
    readonly name: string;
    /** JSON. */
    readonly arguments: string;
  }[];
  /** Default: what goes with the rest, and `length` for a text beyond `maxTokens`. */
  readonly finish?: 'stop' | 'length' | 'tool_calls' | 'content_filter';
  /** Default: a token for every four bytes, begun ones included. */
  readonly usage?: { readonly prompt: number; readonly completion: number };
  /** Instead of an answer: a status of HTTP, and what stands in its body. */
  readonly error?: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly retryAfterSeconds?: number;
  };
}

/** Answers a request. One that never answers is a model that takes its time. */
export type Script = (request: ScriptRequest) => ScriptReply | Promise<ScriptReply>;

const SUMMARY_CHARS = 120;
const DIGEST_CHARS = 8;

/**
 * The beginning of the last message of the user, and where that is not all of it, the beginning of
 * its hash: the same for the same question, another for another.
 */
export const defaultScript: Script = ({ messages, isJson }) => {
  const last = messages.filter(({ role }) => role === 'user').at(-1)?.text ?? '';
  const characters = [...last.replace(/\s+/g, ' ').trim()];
  const head = characters.slice(0, SUMMARY_CHARS).join('');
  const digest = toHex(sha256(utf8(last))).slice(0, DIGEST_CHARS);
  const text = characters.length > SUMMARY_CHARS ? `${head} … ${digest}` : head;
  return { text: isJson ? JSON.stringify({ text }) : text };
};
