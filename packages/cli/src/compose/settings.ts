/**
 * `$AOS_HOME/settings.json`: what whoever runs worlds here has decided for all of them. A world
 * cannot change it, and no secret stands in it.
 *
 * | field | means |
 * |---|---|
 * | `llm.providers` | language models by the name that effects give as `provider` |
 * | `secrets.env` | environment variables that worlds may bind secrets to |
 *
 * Worlds may also bind secrets to files of `$AOS_HOME/secrets` and to the vault.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AosFault } from '@aos/protocol';

export interface Settings {
  readonly llm?: { readonly providers?: Readonly<Record<string, object>> };
  readonly secrets?: { readonly env?: readonly string[] };
}

/** The settings, none when there is no such file. Fault: `settings-invalid`. */
export function readSettings(home: string): Settings {
  const file = join(home, 'settings.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw invalid(file, (error as Error).message);
  }
  try {
    return checked(JSON.parse(text) as unknown);
  } catch (error) {
    throw invalid(file, (error as Error).message);
  }
}

function checked(value: unknown): Settings {
  const { llm, secrets, ...others } = record(value, 'an object');
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new Error(`no setting '${unknown}' is known; llm, secrets`);
  const providers = record(record(llm ?? {}, "an object as 'llm'").providers ?? {}, 'providers');
  for (const [name, provider] of Object.entries(providers)) record(provider, `provider ${name}`);
  const env = record(secrets ?? {}, "an object as 'secrets'").env ?? [];
  if (!Array.isArray(env) || env.some((name) => typeof name !== 'string')) {
    throw new Error("expected a list of names as 'secrets.env'");
  }
  const own = providers as Readonly<Record<string, object>>;
  return { ...(llm === undefined ? {} : { llm: { providers: own } }), secrets: { env } };
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isRecord) return value as Readonly<Record<string, unknown>>;
  throw new Error(`expected ${what}`);
}

function invalid(file: string, why: string): AosFault {
  const message = `the settings in '${file}' cannot be used: ${why}; repair or remove the file`;
  return new AosFault('settings-invalid', message, { retry: 'never' });
}
