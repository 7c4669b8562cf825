import { fileURLToPath } from 'node:url';
import { buildScriptReducerFolder } from '@aos/reducer-sdk';
import { openTestWorld, type TestWorld } from '@aos/testing';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import stockWorld, { arrived, stock, taken } from './stock-world.js';

let module: Uint8Array;
beforeAll(async () => {
  const folder = fileURLToPath(new URL('reducer', import.meta.url));
  const built = await buildScriptReducerFolder(folder, 'stock');
  if (!built.ok) throw new Error(`${built.refusal.at}: ${built.refusal.detail}`);
  module = built.value.wasm;
}, 60_000);

let world: TestWorld;
beforeEach(async () => {
  world = await openTestWorld({ definition: stockWorld, modules: { 'shop/Stock@1': module } });
});
afterEach(() => world.close());

test('stock is counted for each item', async () => {
  await world.send(arrived, { item: 'tea', count: 5 });
  await world.send(arrived, { item: 'rum', count: 1 });
  await world.send(taken, { item: 'tea', count: 2 });

  expect(await world.state(stock, 'tea')).toEqual({ count: 3 });
  expect(await world.cells(stock)).toEqual([
    { key: 'rum', state: { count: 1 } },
    { key: 'tea', state: { count: 3 } },
  ]);
});

test('what is not there cannot be taken, and nothing changes', async () => {
  await world.send(arrived, { item: 'tea', count: 1 });
  const { faults } = await world.send(taken, { item: 'tea', count: 2 });

  expect(faults).toEqual([{ reducer: 'shop/Stock@1', code: 'module-trap' }]);
  expect(await world.state(stock, 'tea')).toEqual({ count: 1 });
});
