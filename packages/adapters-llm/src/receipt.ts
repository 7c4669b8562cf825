/** Receipts of calls, in the version of their parameters. */
import { type Hash, toHashText } from '@aos/canon';
import { type EffectOutcome, okOutcome } from '@aos/protocol';
import { objectText } from './prompt/json-text.js';
import type { ToolCall } from './prompt/prompt.js';
import type { Answer } from './protocols/protocol.js';
import type { Cost } from './usage/price.js';
import type { Usage } from './usage/usage.js';
import { wellFormed } from './well-formed.js';

export interface LlmReceipt {
  readonly adapterId: string;
  readonly provider: string;
  readonly model: string;
  readonly answer: Answer;
  /** Names of the tools that were offered. */
  readonly tools: readonly string[];
  readonly outputRef: Hash;
  readonly turnRef: Hash;
  readonly requestRef: Hash;
  readonly responseRef: Hash;
  readonly usage: Usage;
  /** The provider counted. */
  readonly isCounted: boolean;
  readonly cost: Cost;
  readonly requests: number;
  readonly startNs: bigint;
  readonly firstNs: bigint;
  readonly endNs: bigint;
  /** Most bytes of text, and of arguments. */
  readonly limitBytes: number;
}

export function receipt1({ outputRef, usage, cost, provider }: LlmReceipt): EffectOutcome {
  const receipt = {
    output_ref: toHashText(outputRef),
    token_usage: { prompt: usage.prompt, completion: usage.completion },
    cost_cents: cost.cents,
    provider_id: provider,
  };
  return okOutcome(receipt, cost.cents);
}

export function receipt2(receipt: LlmReceipt): EffectOutcome {
  const { answer, usage, cost, limitBytes } = receipt;
  const isShort = Buffer.byteLength(answer.text) <= limitBytes;
  return okOutcome(
    {
      provider_id: receipt.provider,
      model: shorten(answer.model ?? receipt.model),
      response_id: answer.id === undefined ? null : shorten(answer.id),
      finish: answer.finish,
      text: isShort ? answer.text : null,
      tool_calls: writeCalls(answer.toolCalls, receipt),
      output_ref: toHashText(receipt.outputRef),
      turn_ref: toHashText(receipt.turnRef),
      request_ref: toHashText(receipt.requestRef),
      response_ref: toHashText(receipt.responseRef),
      token_usage: {
        ...{ prompt: usage.prompt, completion: usage.completion },
        ...{ cache_read: usage.cacheRead, cache_write: usage.cacheWrite },
        ...{ reasoning: usage.reasoning, is_counted: receipt.isCounted },
      },
      cost_cents: cost.cents,
      cost_nanocents: cost.nanocents,
      requests: receipt.requests,
      timings: {
        ...{ start_ns: receipt.startNs, first_ns: receipt.firstNs, end_ns: receipt.endNs },
      },
      adapter_id: receipt.adapterId,
    },
    cost.cents,
  );
}

function writeCalls(calls: readonly ToolCall[], { tools, limitBytes }: LlmReceipt) {
  let leftBytes = limitBytes;
  return calls.map(({ id, name, arguments: written }) => {
    const sizeBytes = Buffer.byteLength(written);
    const isShort = sizeBytes <= leftBytes;
    if (isShort) leftBytes -= sizeBytes;
    return {
      ...{ id: shorten(id), name: shorten(name) },
      arguments: isShort ? written : '',
      error: isShort ? describeCall(name, written, tools) : ARGUMENTS_TOO_LARGE.code,
    };
  });
}

const ARGUMENTS_TOO_LARGE = { code: 'llm-arguments-too-large' } as const;

/** The code of why a call cannot be carried out as it stands. */
function describeCall(name: string, written: string, tools: readonly string[]): string | null {
  const unknown = { code: 'llm-tool-unknown' } as const;
  const invalid = { code: 'llm-arguments-invalid' } as const;
  if (!tools.includes(name)) return unknown.code;
  return objectText(written) === undefined ? invalid.code : null;
}

const MOST_NAMED = 256;

/** A name that somebody else made, cut to what names are. */
function shorten(name: string): string {
  return wellFormed(name.slice(0, MOST_NAMED));
}
