import { expect, it } from 'vitest';
import { ADAPTERS } from './adapters.js';

it.each(ADAPTERS)('the adapter $id is what is said of it before it is loaded', async (entry) => {
  const adapter = await entry.load();
  expect([...adapter.kinds].sort()).toEqual([...entry.kinds].sort());
  expect(adapter.id).toBe(entry.id);
  expect(adapter.implementations).toEqual(entry.implementations);
  await adapter.close();
});
