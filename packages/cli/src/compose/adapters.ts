/** The adapters that run effects here. */
import type { LlmAdapterOptions } from '@aos/adapters-llm';
import { type AdapterEntry, LazyAdapter } from './lazy-adapter.js';
import type { Secrets } from './secrets.js';
import type { Settings } from './settings.js';

/** Ids and kinds are told twice, here and by the adapter: a test compares them. */
export function adapterEntries(settings: Settings, secrets: Secrets): readonly AdapterEntry[] {
  return [
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
    {
      id: 'host.llm',
      kinds: ['llm.generate'],
      load: async () => (await import('@aos/adapters-llm')).createLlmAdapter(llmOptions(settings)),
    },
    { id: 'host.vault', kinds: ['vault.put', 'vault.rotate'], load: () => secrets.loadAdapter() },
  ];
}

/** The adapter checks what stands in the settings. Without any there is the scripted provider. */
function llmOptions({ llm }: Settings): LlmAdapterOptions {
  return llm?.providers === undefined ? {} : (llm as LlmAdapterOptions);
}

export const newAdapters = (settings: Settings, secrets: Secrets): readonly LazyAdapter[] =>
  adapterEntries(settings, secrets).map((entry) => new LazyAdapter(entry));
