/** Answers as documents, to go on from: `turn_ref` of a receipt. */
import { printJson } from '@aos/air';
import { LlmFailure } from '../failure.js';
import type { ToolCall, Turn } from './prompt.js';

const FORMAT = 'aos/llm-turn/1';

/** JSON on one line; what the provider sent stands in it as it was sent. */
export function printTurn({ protocol, text, toolCalls, native }: Turn): string {
  const calls = toolCalls.map(({ id, name, arguments: written }) => ({
    ...{ id, name },
    arguments: written,
  }));
  const head = printJson({ format: FORMAT, protocol, text, tool_calls: calls });
  return `${head.slice(0, -1)},"native":${native}}`;
}

/** Throws `llm-input-invalid`. */
export function parseTurn(text: string): Turn {
  const turn = fieldsOf(readJson(text));
  const { protocol, text: said, tool_calls: calls } = turn;
  const isTurn = turn.format === FORMAT && Array.isArray(calls) && turn.native !== undefined;
  if (!isTurn || typeof protocol !== 'string' || typeof said !== 'string') throw invalid();
  const native = text.slice(text.indexOf(',"native":') + ',"native":'.length, -1);
  const read = { protocol, text: said, toolCalls: calls.map(readCall), native };
  readJson(native);
  if (printTurn(read) !== text) throw invalid();
  return read;
}

function readCall(value: unknown): ToolCall {
  const { id, name, arguments: written } = fieldsOf(value);
  const isCall = typeof id === 'string' && typeof name === 'string' && typeof written === 'string';
  if (!isCall) throw invalid();
  return { id, name, arguments: written };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid();
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw invalid();
  return value as Readonly<Record<string, unknown>>;
}

function invalid(): LlmFailure {
  return new LlmFailure('llm-input-invalid', `expected a turn (${FORMAT}) where turn_ref leads`);
}
