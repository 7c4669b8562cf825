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
  const turn = readJson(text);
  const { protocol, text: said, tool_calls: calls } = turn;
  const isTurn = turn.format === FORMAT && Array.isArray(calls) && turn.native !== undefined;
  if (!isTurn || typeof protocol !== 'string' || typeof said !== 'string') throw invalid();
  const native = text.slice(text.indexOf(',"native":') + ',"native":'.length, -1);
  const read = { protocol, text: said, toolCalls: calls.map(readCall), native };
  readJson(native);
  if (printTurn(read) !== text) throw invalid();
  return read;
}

function readCall({ id, name, arguments: written }: Record<string, unknown>): ToolCall {
  const isCall = typeof id === 'string' && typeof name === 'string' && typeof written === 'string';
  if (!isCall) throw invalid();
  return { id, name, arguments: written };
}

function readJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw invalid();
}

function invalid(): LlmFailure {
  return new LlmFailure('llm-input-invalid', `expected a turn (${FORMAT}) where turn_ref leads`);
}
