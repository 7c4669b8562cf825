import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  digestSecret,
  listSecrets,
  putSecret,
  rotateSecret,
  sealSecret,
  showVaultKey,
} from '../src/commands/authority/secret.js';
import type { SecretInput } from '../src/terminal/secret-input.js';
import { aos, json } from './cli-run.js';

const example = fileURLToPath(new URL('../../../examples/00-counter', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'aos-secret-'));
const world = join(folder, 'world');
let homes = 0;

beforeAll(async () => {
  vi.stubEnv('AOS_HOME', join(folder, 'home'));
  expect(await json('init', world, '--from', example)).toMatchObject({ ok: true });
});
beforeEach(() => {
  vi.stubEnv('AOS_HOME', join(folder, `home-${homes++}`));
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

const piped = (text: string) => ({ input: Readable.from([Buffer.from(text)]) as SecretInput });
const codeOf = (run: Promise<unknown>) =>
  run.then(
    () => 'none',
    ({ code }) => code,
  );

/** A terminal that is typed at. */
function typed(...texts: string[]) {
  const modes: boolean[] = [];
  const asked: string[] = [];
  const input = Object.assign(Readable.from(texts.map((text) => Buffer.from(text))), {
    isTTY: true as const,
    setRawMode: (mode: boolean) => {
      modes.push(mode);
      return input as never;
    },
  }) as unknown as SecretInput;
  return { input, modes, asked, ask: (text: string) => void asked.push(text) };
}

describe('aos secret', () => {
  test('puts what is piped in, and shows it nowhere', async () => {
    const put = await putSecret(world, 'llm', piped('sk-piped-value\n'));
    expect(put.data).toMatchObject({ name: 'llm', version: 1, binding_id: 'vault:llm' });
    const { digest } = put.data as { digest: string };
    expect((await digestSecret(piped('sk-piped-value'))).data).toEqual({ digest });
    await putSecret(world, 'llm', piped('sk-another-value'));
    const list = await json('--world', world, 'secret', 'list');
    expect(list.data.secrets).toMatchObject([{ version: 1, digest }, { version: 2 }]);
    const all = await listSecrets('', { all: true });
    expect(all.data).toMatchObject({ secrets: [{ name: 'llm' }, { name: 'llm' }] });
    const said = [put, all].map((answer) => JSON.stringify(answer)).join();
    expect(said + (await aos('--world', world, 'secret', 'list')).out).not.toContain('sk-');
  });

  test('takes a value that is typed, letter by letter and unseen', async () => {
    const terminal = typed('sk-tx', '\x7f', 'yped', '-value', '\r', 'more');
    const put = await putSecret(world, 'llm', terminal);
    expect((await digestSecret(piped('sk-typed-value'))).data).toMatchObject({
      digest: (put.data as { digest: string }).digest,
    });
    expect(terminal.modes).toEqual([true, false]);
    expect(terminal.asked.join('')).not.toContain('sk');
  });

  test.each([
    ['nothing', piped(''), 'secret-value-missing'],
    ['a line end alone', piped('\n'), 'secret-value-missing'],
    ['too little', piped('1234567\n'), 'secret-too-short'],
    ['too much', piped('x'.repeat(70_000)), 'secret-too-large'],
    ['far too much', piped('x'.repeat(200_000)), 'secret-too-large'],
    ['what is broken off at a terminal', typed('sk-', '\x03'), 'secret-value-missing'],
  ])('takes no value from %s', async (_, from, code) => {
    expect(await codeOf(putSecret(world, 'llm', from))).toBe(code);
    expect((await listSecrets(world, {})).data).toEqual({ secrets: [] });
  });

  test('rotates', async () => {
    for (const value of ['sk-first-value', 'sk-second-value']) {
      await putSecret(world, 'llm', piped(value));
    }
    expect(await json('--world', world, 'secret', 'rotate', 'llm', '--to', '2')).toMatchObject({
      ok: true,
      data: { version: 2 },
    });
    const { secrets } = (await listSecrets(world, {})).data as { secrets: { retired: boolean }[] };
    expect(secrets.map(({ retired }) => retired)).toEqual([true, false]);
    expect(await codeOf(rotateSecret(world, 'llm', { to: 7 }))).toBe('secret-unavailable');
  });

  test('seals for the key that it shows, and stores what only the vault can open', async () => {
    const { lines } = await showVaultKey();
    expect(lines.join()).toMatch(/^[0-9a-f]{64}$/);
    const sealed = await sealSecret(world, 'llm', { alias: 'demo/llm' }, piped('sk-sealed-value'));
    const { sealed_ref } = sealed.data as { sealed_ref: string };
    const out = join(folder, `sealed-${homes}`);
    const got = await json('--world', world, 'blob', 'get', sealed_ref, '--out', out);
    expect(got).toMatchObject({ ok: true });
    expect(readFileSync(out).includes('sk-sealed')).toBe(false);
  });
});
