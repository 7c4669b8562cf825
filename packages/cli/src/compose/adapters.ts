/** The adapters that run effects here. */
import { type AdapterEntry, LazyAdapter } from './lazy-adapter.js';

/** Kinds are told twice, here and by the adapter: a test compares them. */
export const ADAPTERS: readonly AdapterEntry[] = [
  {
    id: 'host.http',
    kinds: ['http.request'],
    load: async () => (await import('@aos/adapters-http')).createHttpAdapter(),
  },
  {
    id: 'timer',
    kinds: ['timer.set'],
    load: async () => new (await import('@aos/adapters-timer')).TimerAdapter(),
  },
  {
    id: 'blob',
    kinds: ['blob.write', 'blob.put', 'blob.get', 'blob.exists', 'blob.read'],
    load: async () => new (await import('@aos/adapters-blob')).BlobAdapter(),
  },
  {
    id: 'wasi',
    kinds: [],
    implementations: ['wasi'],
    load: async () => new (await import('@aos/adapters-wasi')).WasiAdapter(),
  },
];

export const newAdapters = (): readonly LazyAdapter[] =>
  ADAPTERS.map((entry) => new LazyAdapter(entry));
