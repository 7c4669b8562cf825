/** The adapters that run effects here. */
import { type Adapter, AosFault, type BindAdapter, type WorldPort } from '@aos/protocol';
import { type AdapterEntry, LazyAdapter } from './lazy-adapter.js';
import { builtFile } from './program-path.js';
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
      load: () => loadLlm(settings),
    },
    {
      id: 'compile',
      kinds: ['compile.reducer'],
      load: async () => {
        const programUrl = builtFile('compose/compile-process.js');
        return new (await import('@aos/adapters-compile')).CompileAdapter({ programUrl });
      },
    },
    { id: 'host.vault', kinds: ['vault.put', 'vault.rotate'], load: () => secrets.loadAdapter() },
  ];
}

/** Without providers in the settings there is the scripted one. Fault: `llm-config-invalid`. */
async function loadLlm({ llm }: Settings): Promise<Adapter> {
  const { createLlmAdapter, parseProviders } = await import('@aos/adapters-llm');
  if (llm?.providers === undefined) return createLlmAdapter();
  const providers = parseProviders(JSON.stringify(llm.providers));
  if (providers.ok) return createLlmAdapter({ providers: providers.value });
  const { code, detail } = providers.refusal;
  throw new AosFault(code, `in the settings: ${detail}`, { retry: 'never' });
}

/** Of the world that it is made for. */
export const workspaceEntry = (world: WorldPort): AdapterEntry => ({
  id: 'workspace',
  kinds: ['resolve', 'empty_root', 'list', 'read', 'write', 'remove', 'diff', 'commit'].map(
    (operation) => `workspace.${operation}`,
  ),
  load: async () => new (await import('@aos/adapters-workspace')).WorkspaceAdapter(world),
});

export const boundAdapters: readonly BindAdapter[] = [
  (world) => new LazyAdapter(workspaceEntry(world)),
];

export const newAdapters = (settings: Settings, secrets: Secrets): readonly LazyAdapter[] =>
  adapterEntries(settings, secrets).map((entry) => new LazyAdapter(entry));

/** Those and the bound ones, for whoever only asks which kinds are served. */
export const servedAdapters = (settings: Settings, secrets: Secrets): readonly Adapter[] => {
  const ofNoWorld = {} as WorldPort;
  return [...newAdapters(settings, secrets), ...boundAdapters.map((bind) => bind(ofNoWorld))];
};
