import { sha256 } from '@aos/canon';
import { expect, it } from 'vitest';
import { createMemoryStore, openMemoryStore } from './memory-store.js';

it('a memory store keeps copies, also of Buffers', async () => {
  const genesis = Buffer.from('genesis');
  const body = Buffer.from('body');
  const hash = sha256(body);
  const store = createMemoryStore(genesis, [{ hash, bytes: body }]);
  const record = Buffer.from('record');
  await store.append({ records: [record], objects: [] });
  for (const given of [genesis, body, record]) given.fill(0);
  expect(Buffer.from(store.genesis).toString()).toBe('genesis');
  expect(Buffer.from(store.object(hash) ?? []).toString()).toBe('body');
  expect([...store.records(0)].map((bytes) => Buffer.from(bytes).toString())).toEqual(['record']);
});

it('closing an old memory store again leaves a reopened one open', async () => {
  const first = createMemoryStore(Buffer.from('genesis'), []);
  await first.close();
  const second = openMemoryStore(first);
  await first.close();
  expect(() => openMemoryStore(second)).toThrow(expect.objectContaining({ code: 'world-locked' }));
});
