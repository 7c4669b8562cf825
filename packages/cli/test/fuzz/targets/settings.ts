/**
 * `settings.json`: read as it is meant, or refused by name, and never half.
 *
 * What is taken says nothing that the platform's JSON does not say; a field that nobody knows is
 * refused; a policy that is taken has whole numbers above 0.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseProviders } from '@aos/adapters-llm';
import { AosFault } from '@aos/protocol';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { readSettings } from '../../../src/compose/settings.js';

const text = (each: string) => new TextEncoder().encode(each);
const world = `sha256:${'0a'.repeat(32)}`;
let home: string | undefined;

const seeds = [
  {},
  {
    llm: { providers: { a: { protocol: 'anthropic', endpoint: 'https://a/', models: ['m'] } } },
    secrets: { allowed: { '*': ['env:A', 'file:b'], [world]: [] } },
    snapshots: { '*': { records: 10, bytes: 5 }, [world]: { seconds: 1 } },
  },
  { llm: { providers: { s: { protocol: 'scripted' } } } },
];

export const target: FuzzTarget = {
  name: 'settings',
  tokens: [
    ...['"llm":', '"providers":', '"secrets":', '"allowed":', '"snapshots":', '"*":', '"records":'],
    ...['"__proto__":', '"constructor":', '"bytes":', 'null', '{}', '[]', '-1', '1e9', '1.5', '""'],
    ...[
      '"protocol":',
      '"openai-chat"',
      '"anthropic"',
      '"endpoint":',
      '"key":',
      '"prices":',
      '"env:A"',
    ],
    ...['"limits":', '"models":', '"retries":', '"bounds":', `"${world}":`, '{', '}', ',', ':'],
  ].map(text),
  seeds: () => seeds.map((each) => text(JSON.stringify(each))),
  run(bytes: Uint8Array): void {
    home ??= mkdtempSync(join(tmpdir(), 'aos-fuzz-'));
    writeFileSync(join(home, 'settings.json'), bytes);
    const given = readByPlatform(bytes);
    try {
      const { llm, secrets, snapshots } = readSettings(home);
      holds(given !== undefined, 'what is taken is JSON');
      const known = ['llm', 'secrets', 'snapshots'];
      holds(
        Object.keys(given).every((name) => known.includes(name)),
        'no other field is taken',
      );
      const limits = Object.values(snapshots ?? {}).flatMap((each) => Object.values(each));
      const isWhole = (each: unknown) => Number.isSafeInteger(each) && (each as number) > 0;
      holds(limits.every(isWhole), 'limits are whole numbers above 0');
      const bindings = Object.values(secrets?.allowed ?? {}).flat();
      holds(
        bindings.every((each) => /^(env|file):./.test(each)),
        'bindings are of two kinds',
      );
      const providers = parseProviders(JSON.stringify(llm?.providers ?? {}));
      const code = providers.ok ? 'llm-config-invalid' : providers.refusal.code;
      holds(code === 'llm-config-invalid', 'providers are refused by one name');
    } catch (error) {
      if (!(error instanceof AosFault) || error.code !== 'settings-invalid') throw error;
    }
  },
  close(): void {
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
    home = undefined;
  },
};

function readByPlatform(bytes: Uint8Array): object | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as object;
  } catch {
    return undefined;
  }
}
