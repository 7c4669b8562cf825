import { createLlmAdapter } from '@aos/adapters-llm';

export const llm = createLlmAdapter({
  providers: {
    scripted: { protocol: 'scripted' },
    acme: {
      protocol: 'anthropic-messages',
      baseUrl: 'https://api.example',
      key: { aliases: ['llm/acme'] },
      prices: { 'm-large': { prompt: '300', completion: '1500', cacheRead: '30' } },
      limits: { concurrent: 4, requestsPerMinute: 50, tokensPerMinute: 40_000 },
    },
  },
});
