/** Language models: what is asked, what is answered, and the parts of an answer on its way. */
import type { TypeFields } from '../forms/type-expr.js';
import {
  bool,
  dec128,
  hash,
  list,
  nat,
  option,
  record,
  ref,
  text,
  variant,
  words,
} from './builders.js';

const apiKey = option(ref('sys/TextOrSecretRef@1'));

export const LLM_SCHEMAS: TypeFields = {
  /** `input_ref` is a chat as JSON; `tools` names those of its tools that are offered. */
  'sys/LlmGenerateParams@1': record({
    provider: text,
    model: text,
    temperature: dec128,
    max_tokens: nat,
    input_ref: hash,
    tools: option(list(text)),
    api_key: apiKey,
  }),
  'sys/LlmGenerateReceipt@1': record({
    output_ref: hash,
    token_usage: record({ prompt: nat, completion: nat }),
    cost_cents: nat,
    provider_id: text,
  }),

  /**
   * A piece of a message. `text_ref` is a blob of UTF-8, `turn_ref` what a receipt calls so: the
   * whole answer of the model, to go on from. Arguments of tools are JSON.
   */
  'sys/LlmPart@1': variant({
    text,
    text_ref: hash,
    image: record({ blob_ref: hash, media_type: text }),
    tool_call: record({ id: text, name: text, arguments: text }),
    tool_result: record({ id: text, content: text, is_error: bool }),
    turn_ref: hash,
  }),
  'sys/LlmMessage@1': record({
    role: words('system', 'user', 'assistant'),
    parts: list(ref('sys/LlmPart@1')),
  }),
  /** `parameters` is a JSON Schema. */
  'sys/LlmTool@1': record({ name: text, description: text, parameters: text }),
  /**
   * What is null is as the provider has it. `output` asks for JSON in a JSON Schema, `options` are
   * fields of the provider's own request as a JSON object, `stream` asks for frames. A call that
   * might cost more than `max_cost_cents` is not made.
   */
  'sys/LlmGenerateParams@2': record({
    provider: text,
    model: text,
    temperature: option(dec128),
    max_tokens: nat,
    max_cost_cents: option(nat),
    messages: list(ref('sys/LlmMessage@1')),
    tools: option(list(ref('sys/LlmTool@1'))),
    tool_choice: option(variant({ ...choices(), tool: text })),
    output: option(record({ name: text, schema: text })),
    options: option(text),
    stream: option(bool),
    timeout_ns: option(nat),
    api_key: apiKey,
  }),
  /**
   * `finish` is `stop`, `length`, `tool-calls`, `refusal`, `filtered` or `other`. `text` is null
   * where it is too long for a receipt; `output_ref` has all of it. `prompt` counts what came from
   * a cache and what went into one, `completion` counts reasoning. What the provider did not count
   * is charged by its bound, and `is_counted` is false.
   */
  'sys/LlmGenerateReceipt@2': record({
    provider_id: text,
    model: text,
    response_id: option(text),
    finish: text,
    text: option(text),
    tool_calls: list(record({ id: text, name: text, arguments: text, error: option(text) })),
    output_ref: hash,
    turn_ref: hash,
    request_ref: hash,
    response_ref: hash,
    token_usage: record({
      prompt: nat,
      completion: nat,
      cache_read: nat,
      cache_write: nat,
      reasoning: nat,
      is_counted: bool,
    }),
    cost_cents: nat,
    cost_nanocents: nat,
    requests: nat,
    timings: record({ start_ns: nat, first_ns: nat, end_ns: nat }),
    adapter_id: text,
  }),
  /** The payload of a stream frame: what came since the last. `first` begins an answer anew. */
  'sys/LlmFrame@1': record({
    first: bool,
    text,
    tool_calls: list(record({ index: nat, id: text, name: text, arguments: text })),
  }),
};

/** Whether a tool must be called, as `words` writes it. */
function choices(): TypeFields {
  return { auto: { unit: {} }, none: { unit: {} }, any: { unit: {} } };
}
