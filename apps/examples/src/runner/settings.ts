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

function readProviders(folder: string): Providers {
  const file = join(folder, 'settings.json');
  if (!existsSync(file)) return {};
  const { llm } = JSON.parse(readFileSync(file, 'utf8')) as { llm?: { providers?: object } };
  const providers = parseProviders(JSON.stringify(llm?.providers ?? {}));
  if (providers.ok) return providers.value;
  throw new Error(`${file}: ${providers.refusal.detail}`);
}
