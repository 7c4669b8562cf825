import assert from 'node:assert/strict';
import { createLlmAdapter, type Script } from '@aos/adapters-llm';

const script: Script = ({ messages, tools }) => {
  const last = messages.at(-1)?.text ?? '';
  if (tools.includes('search') && !last.startsWith('found')) {
    return { toolCalls: [{ name: 'search', arguments: JSON.stringify({ q: last }) }] };
  }
  return { text: `You said: ${last}`, usage: { prompt: 12, completion: 7 } };
};
const prices = { any: { prompt: '100', completion: '400' } };
const llm = createLlmAdapter({ providers: { scripted: { protocol: 'scripted', script, prices } } });
assert.deepEqual(llm.kinds, ['llm.generate']);
await llm.close();
