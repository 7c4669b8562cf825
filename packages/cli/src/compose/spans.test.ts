import { ProxyTracerProvider, trace } from '@opentelemetry/api';
import { afterEach, expect, it } from 'vitest';
import { spanObservers } from './spans.js';

afterEach(() => trace.disable());

it('spans are made where a tracer provider was registered, and only there', async () => {
  expect(await spanObservers()).toEqual([]);
  trace.setGlobalTracerProvider(new ProxyTracerProvider());
  expect(await spanObservers()).toHaveLength(1);
});
