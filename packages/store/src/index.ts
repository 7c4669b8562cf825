export type { BundleHead } from './bundle/bundle-format.js';
export { checkImported, type ImportOptions, importBundle } from './bundle/import-bundle.js';
export { type BundledWorld, writeBundle } from './bundle/write-bundle.js';
export { createWorldStore } from './create-world.js';
export type { DiskStore } from './disk-store.js';
export { type DamagePlace, WorldDamaged } from './faults.js';
export { type ForkOptions, forkWorldStore, type StoreFork } from './fork/fork-world.js';
export {
  listRewound,
  type RewoundLog,
  rewindWorldStore,
  type StoreRewind,
} from './fork/rewind-world.js';
export type { LogTail } from './log/tail.js';
export {
  createMemoryStore,
  forkMemoryStore,
  type MemoryStore,
  openMemoryStore,
} from './memory-store.js';
export { nodeFs } from './node-fs.js';
export { type OpenOptions, openWorldStore, type StoreOptions } from './open-world.js';
export type { OpenMode, StoreFile, StoreFs, StoreLock } from './port.js';
