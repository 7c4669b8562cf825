/** Which language models there are: as `$AOS_HOME/settings.json` says it to the command `aos`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LlmProvider, parseProviders } from '@aos/adapters-llm';
import { aosHome } from '@aos/host';

type Providers = Readonly<Record<string, LlmProvider>>;

/** Providers of an example's `settings.json`; where the user has one of that name, the user's. */
export function providersOf(folder: string): Providers {
  const users = readProviders(aosHome());
  const own = Object.entries(readProviders(folder));
  return Object.fromEntries(own.map(([name, provider]) => [name, users[name] ?? provider]));
}

/** The user's own provider of this name, as it is written down. */
export function userProvider(name: string): object | undefined {
  const providers = documentOf(aosHome())?.llm?.providers as Record<string, object> | undefined;
  return providers?.[name];
}

function readProviders(folder: string): Providers {
  const providers = parseProviders(JSON.stringify(documentOf(folder)?.llm?.providers ?? {}));
  if (providers.ok) return providers.value;
  throw new Error(`${settingsFile(folder)}: ${providers.refusal.detail}`);
}

const settingsFile = (folder: string) => join(folder, 'settings.json');

function documentOf(folder: string): { readonly llm?: { providers?: object } } | undefined {
  const file = settingsFile(folder);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
