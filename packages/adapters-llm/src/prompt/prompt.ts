/**
 * What a model is asked, whatever the version of the parameters and the protocol of the provider.
 */

interface TextPart {
  readonly kind: 'text';
  readonly text: string;
}

interface ImagePart {
  readonly kind: 'image';
  readonly mediaType: string;
  readonly base64: string;
}

interface ToolCallPart {
  readonly kind: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** A JSON object. */
  readonly arguments: string;
}

interface ToolResultPart {
  readonly kind: 'tool-result';
  readonly id: string;
  readonly content: string;
  readonly isError: boolean;
}

/** An earlier answer, in the form of the provider that gave it. */
interface TurnPart {
  readonly kind: 'turn';
  readonly turn: Turn;
}

export type Part = TextPart | ImagePart | ToolCallPart | ToolResultPart | TurnPart;

export type Role = 'system' | 'user' | 'assistant';

export interface Message {
  readonly role: Role;
  readonly parts: readonly Part[];
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** A JSON Schema, as JSON. */
  readonly parameters: string;
}

export type ToolChoice = 'auto' | 'none' | 'any' | { readonly tool: string };

export interface Prompt {
  readonly model: string;
  readonly maxTokens: bigint;
  /** A decimal. */
  readonly temperature: string | undefined;
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice | undefined;
  /** The answer is to be JSON in this JSON Schema. */
  readonly output: { readonly name: string; readonly schema: string } | undefined;
  /** Fields of the provider's own request: their JSON by name. */
  readonly options: ReadonlyMap<string, string>;
  readonly isStreamed: boolean;
}

/** A tool that the model wants called. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** As the model wrote them: hopefully a JSON object. */
  readonly arguments: string;
}

/** An answer to go on from. `native` is JSON of what the provider sent, for itself only. */
export interface Turn {
  readonly protocol: string;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly native: string;
}
