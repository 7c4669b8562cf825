/** The built-in schemas of language models, as values. */
import { sys, sys2 } from './sys-reducer-effects.js';
import { type Schema, t } from './types.js';

/** `TextOrSecretRef` is given: what it refers to stands beside. */
export const llmSchemas = <S>(textOrSecretRef: Schema<S>) => {
  const LlmPart = sys(
    'LlmPart',
    t.variant({
      text: t.text,
      text_ref: t.hash,
      image: t.record({ blob_ref: t.hash, media_type: t.text }),
      tool_call: t.record({ id: t.text, name: t.text, arguments: t.text }),
      tool_result: t.record({ id: t.text, content: t.text, is_error: t.bool }),
      turn_ref: t.hash,
    }),
  );
  const LlmMessage = sys(
    'LlmMessage',
    t.record({ role: t.words('system', 'user', 'assistant'), parts: t.list(LlmPart) }),
  );
  const LlmTool = sys(
    'LlmTool',
    t.record({ name: t.text, description: t.text, parameters: t.text }),
  );
  return {
    LlmPart,
    LlmMessage,
    LlmTool,
    LlmFrame: sys(
      'LlmFrame',
      t.record({
        first: t.bool,
        text: t.text,
        tool_calls: t.list(t.record({ index: t.nat, id: t.text, name: t.text, arguments: t.text })),
      }),
    ),
    LlmGenerateParams: sys(
      'LlmGenerateParams',
      t.record({
        provider: t.text,
        model: t.text,
        temperature: t.dec128,
        max_tokens: t.nat,
        input_ref: t.hash,
        tools: t.option(t.list(t.text)),
        api_key: t.option(textOrSecretRef),
      }),
    ),
    LlmGenerateParams2: sys2(
      'LlmGenerateParams',
      t.record({
        provider: t.text,
        model: t.text,
        temperature: t.option(t.dec128),
        max_tokens: t.nat,
        max_cost_cents: t.option(t.nat),
        messages: t.list(LlmMessage),
        tools: t.option(t.list(LlmTool)),
        tool_choice: t.option(t.variant({ auto: t.unit, none: t.unit, any: t.unit, tool: t.text })),
        output: t.option(t.record({ name: t.text, schema: t.text })),
        options: t.option(t.text),
        stream: t.option(t.bool),
        timeout_ns: t.option(t.nat),
        api_key: t.option(textOrSecretRef),
      }),
    ),
    LlmGenerateReceipt,
    LlmGenerateReceipt2,
  };
};

const LlmGenerateReceipt = sys(
  'LlmGenerateReceipt',
  t.record({
    output_ref: t.hash,
    token_usage: t.record({ prompt: t.nat, completion: t.nat }),
    cost_cents: t.nat,
    provider_id: t.text,
  }),
);
const LlmGenerateReceipt2 = sys2(
  'LlmGenerateReceipt',
  t.record({
    provider_id: t.text,
    model: t.text,
    response_id: t.option(t.text),
    finish: t.text,
    text: t.option(t.text),
    tool_calls: t.list(
      t.record({ id: t.text, name: t.text, arguments: t.text, error: t.option(t.text) }),
    ),
    output_ref: t.hash,
    turn_ref: t.hash,
    request_ref: t.hash,
    response_ref: t.hash,
    token_usage: t.record({
      prompt: t.nat,
      completion: t.nat,
      cache_read: t.nat,
      cache_write: t.nat,
      reasoning: t.nat,
      is_counted: t.bool,
    }),
    cost_cents: t.nat,
    cost_nanocents: t.nat,
    requests: t.nat,
    timings: t.record({ start_ns: t.nat, first_ns: t.nat, end_ns: t.nat }),
    adapter_id: t.text,
  }),
);
