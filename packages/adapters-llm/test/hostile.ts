/** One question to a provider that does as the test says. */
import { EffectStage } from '@aos/protocol/contracts';
import type { HttpProvider } from '../src/index.js';
import { failureOf, openProvider, params2, startCall, type Wishes } from './calls.js';
import { chatChunk, startProvider } from './servers.js';

export type Answer = Parameters<typeof startProvider>[0];

/** A cent for each token. */
const prices = { 'm-1': { prompt: '1000000', completion: '1000000' } };
const once = { retries: { requests: 1 } };

export async function ask(answer: Answer, wishes: Wishes = {}, more: Partial<HttpProvider> = {}) {
  const server = await startProvider(answer);
  const stage = new EffectStage();
  const adapter = openProvider({ baseUrl: server.baseUrl, prices, ...once, ...more });
  const outcome = await startCall(adapter, params2({ provider: 'it', ...wishes }), stage);
  return { outcome, stage, asked: server.asked };
}

/** How a call ends that has no receipt. */
export async function endOf(answer: Answer, wishes: Wishes = {}, more: Partial<HttpProvider> = {}) {
  return failureOf((await ask(answer, wishes, more)).outcome);
}

export const hello = chatChunk({ content: 'Hello' });
export const stop = chatChunk({}, 'stop');
