/** A server that speaks as providers of language models do, with a coder of ours behind it. */
import { answerChat, type ChatMessage } from './coder.js';

interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
}

/** What is answered to `POST /v1/chat/completions`. */
export function completeChat(body: string): string {
  const { model, messages } = JSON.parse(body) as ChatRequest;
  const { text, calls } = answerChat(messages);
  const tool_calls = calls.map(({ name, arguments: args }, n) => {
    return { id: `call-${n}`, type: 'function', function: { name, arguments: args } };
  });
  const message = {
    ...{ role: 'assistant', content: text, refusal: null },
    ...(tool_calls.length > 0 && { tool_calls }),
  };
  const finish_reason = tool_calls.length > 0 ? 'tool_calls' : 'stop';
  const prompt_tokens = tokensOf(messages.map(({ content }) => content ?? '').join(''));
  const completion_tokens = tokensOf(text);
  return JSON.stringify({
    ...{ id: 'chatcmpl-0', object: 'chat.completion', created: 0, model },
    choices: [{ index: 0, message, finish_reason }],
    usage: {
      ...{ prompt_tokens, completion_tokens },
      total_tokens: prompt_tokens + completion_tokens,
    },
  });
}

/** About as many as models count. */
const tokensOf = (text: string): number => Math.ceil(text.length / 4);
