import { rmSync } from 'node:fs';
import { type StoreFixture, worldStoreContract } from '@aos/protocol/contracts';
import type { MemoryStore, StoreOptions } from '@aos/store';
import { createMemoryStore, createWorldStore, openMemoryStore, openWorldStore } from '@aos/store';
import { afterAll, describe, it } from 'vitest';
import { makeTempRoot } from './temp-world.js';

const root = makeTempRoot();
afterAll(() => rmSync(root, { recursive: true }));

function memoryFixture(): StoreFixture {
  let store: MemoryStore;
  return {
    async create(genesis, objects) {
      store = createMemoryStore(genesis, objects);
      return store;
    },
    async open() {
      store = openMemoryStore(store);
      return store;
    },
  };
}

let worlds = 0;

function diskFixture(options: StoreOptions): StoreFixture {
  const directory = `${root}/world-${worlds++}`;
  return {
    create: (genesis, objects) => createWorldStore(directory, genesis, objects, options),
    open: () => openWorldStore(directory, options),
  };
}

const implementations: readonly [string, () => StoreFixture][] = [
  ['in memory', memoryFixture],
  ['on disk', () => diskFixture({})],
  ['on disk in tiny segments', () => diskFixture({ segmentBytes: 512, preallocateBytes: 0 })],
];

describe.each(implementations)('a store %s', (_, makeFixture) => {
  it.each(worldStoreContract)('$name', ({ run }) => run(makeFixture()));
});
