/**
 * `$AOS_HOME/settings.json`: what whoever runs worlds here has decided for all of them. A world
 * cannot change it, and no secret stands in it.
 *
 * | field | means |
 * |---|---|
 * | `llm.providers` | language models by the name that effects give as `provider` |
 * | `secrets.allowed` | by the id of a world, or `*`: the `env:NAME` and `file:name` it may use |
 * | `snapshots` | by world, or `*`: `records`, `bytes` or `seconds` between two snapshots |
 *
 * What is not allowed is refused. The vault needs no leave: what lies in it is of one world.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AllowedBindings } from '@aos/adapters-vault';
import { parseHashText, toHashText } from '@aos/canon';
import type { SnapshotPolicy } from '@aos/host';
import { AosFault, type WorldStore, worldIdOf } from '@aos/protocol';

export interface Settings {
  readonly llm?: { readonly providers?: Readonly<Record<string, object>> };
  readonly secrets?: { readonly allowed?: AllowedBindings };
  readonly snapshots?: Readonly<Record<string, Partial<SnapshotPolicy>>>;
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
  const { llm, secrets, snapshots = {}, ...others } = record(value, 'an object');
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new Error(`no setting '${unknown}' is known; llm, secrets, snapshots`);
  const providers = record(record(llm ?? {}, "an object as 'llm'").providers ?? {}, 'providers');
  for (const [name, provider] of Object.entries(providers)) record(provider, `provider ${name}`);
  const allowed = allowedOf(record(secrets ?? {}, "an object as 'secrets'"));
  const own = providers as Readonly<Record<string, object>>;
  const models = llm === undefined ? {} : { llm: { providers: own } };
  return { ...models, secrets: { allowed }, snapshots: snapshotsOf(snapshots) };
}

/** The policy of one world: what is set for it, else what is set for all. */
export function snapshotPolicy(
  { snapshots = {} }: Settings,
  { genesis }: Pick<WorldStore, 'genesis'>,
): Partial<SnapshotPolicy> {
  return { ...snapshots['*'], ...snapshots[toHashText(worldIdOf(genesis))] };
}

const LIMITS = ['records', 'bytes', 'seconds'];

function snapshotsOf(value: unknown): Readonly<Record<string, Partial<SnapshotPolicy>>> {
  const policies = record(value, "an object as 'snapshots', with limits by world");
  for (const [world, policy] of Object.entries(policies)) {
    if (world !== '*' && !parseHashText(world).ok) {
      throw new Error(`expected ids of worlds or * in 'snapshots', found ${world}`);
    }
    for (const [name, limit] of Object.entries(record(policy, `limits in 'snapshots', ${world}`))) {
      if (!LIMITS.includes(name)) throw new Error(`no limit '${name}' is known; ${LIMITS}`);
      if (Number.isSafeInteger(limit) && (limit as number) > 0) continue;
      throw new Error(`expected a number above 0 as 'snapshots', ${world}, ${name}`);
    }
  }
  return policies as Readonly<Record<string, Partial<SnapshotPolicy>>>;
}

function allowedOf({
  allowed = {},
  ...others
}: Readonly<Record<string, unknown>>): AllowedBindings {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new Error(`no setting 'secrets.${unknown}' is known; allowed`);
  const expected = "an object as 'secrets.allowed', with lists of bindings by world";
  for (const [world, bindings] of Object.entries(record(allowed, expected))) {
    if (world !== '*' && !parseHashText(world).ok) {
      throw new Error(`expected ids of worlds or * in 'secrets.allowed', found ${world}`);
    }
    const isList = Array.isArray(bindings) && bindings.every((each) => isBinding(each));
    if (!isList) throw new Error(`expected env:NAME and file:name in 'secrets.allowed', ${world}`);
  }
  return allowed as AllowedBindings;
}

function isBinding(value: unknown): boolean {
  return typeof value === 'string' && /^(env|file):./.test(value);
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
