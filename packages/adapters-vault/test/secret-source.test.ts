import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecretSource, type SecretSourceOptions } from '@aos/adapters-vault';
import { sha256, toHashText, utf8 } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { PLACE, scratchVault, WORLD } from './scratch.js';

const env = { LLM_KEY: 'sk-from-environment', EMPTY: '' };

const resolve = async (options: SecretSourceOptions, bindingId: string, change = {}) => {
  const source = createSecretSource({ allowed: { '*': [bindingId] }, ...options });
  const request = { worldId: WORLD, alias: 'demo/key', version: 1, bindingId, ...change };
  const found = await source.resolve(request);
  return found.ok ? Buffer.from(found.value).toString() : found.refusal.code;
};

describe('a secret', () => {
  test('is an environment variable, if worlds may see it', async () => {
    expect(await resolve({ env }, 'env:LLM_KEY')).toBe('sk-from-environment');
    for (const name of ['EMPTY', 'OTHER', 'toString', '__proto__', '']) {
      expect(await resolve({ env }, `env:${name}`)).toBe('secret-unavailable');
    }
    expect(await resolve({}, 'env:LLM_KEY')).toBe('secret-unavailable');
  });

  test.each([
    ['sk-in-a-file', 'sk-in-a-file'],
    ['sk-in-a-file\n', 'sk-in-a-file'],
    ['sk-in-a-file\r\n', 'sk-in-a-file'],
    ['two\nlines\n\n', 'two\nlines\n'],
  ])('is a file, without the line end behind it: %j', async (text, value) => {
    const { folder } = scratchVault();
    writeFileSync(join(folder, 'llm.key'), text, { mode: 0o600 });
    expect(await resolve({ folder }, 'file:llm.key')).toBe(value);
    chmodSync(join(folder, 'llm.key'), 0o644);
    expect(await resolve({ folder }, 'file:llm.key')).toBe('secret-file-shared');
    expect(await resolve({ folder }, 'file:other')).toBe('secret-unavailable');
    expect(await resolve({}, 'file:llm.key')).toBe('secret-unavailable');
  });

  test.each(['file:../key', 'file:/etc/passwd', 'file:a/b', 'file:.', 'file:..', 'file:'])(
    'is no file of another folder: %s',
    async (binding) => {
      const { folder } = scratchVault();
      expect(await resolve({ folder }, binding)).toBe('secret-binding-unknown');
    },
  );

  test('of another world is refused, unless this one is allowed it', async () => {
    const { folder } = scratchVault();
    writeFileSync(join(folder, 'llm.key'), 'sk-in-a-file', { mode: 0o600 });
    const other = toHashText(sha256(utf8('another world')));
    for (const bindingId of ['env:LLM_KEY', 'file:llm.key', 'env:NONE', 'file:none']) {
      for (const allowed of [{}, { [other]: [bindingId] }, { '*': ['env:OTHER'] }]) {
        const found = await resolve({ env, folder, allowed }, bindingId);
        expect(found).toBe('secret-binding-denied');
      }
    }
    const allowed = { [toHashText(WORLD)]: ['env:LLM_KEY', 'file:llm.key'] };
    expect(await resolve({ env, folder, allowed }, 'env:LLM_KEY')).toBe('sk-from-environment');
    expect(await resolve({ env, folder, allowed }, 'file:llm.key')).toBe('sk-in-a-file');
  });

  test('that is refused says what to add, and where', async () => {
    const source = createSecretSource({ env, allowedIn: 'settings.json' });
    const request = { worldId: WORLD, alias: 'demo/key', version: 1, bindingId: 'env:LLM_KEY' };
    const found = await source.resolve(request);
    const add = `{"${toHashText(WORLD)}": ["env:LLM_KEY"]} to settings.json`;
    expect(found.ok ? '' : found.refusal.detail).toContain(add);
  });

  test('is a version in the vault', async () => {
    const { vault } = scratchVault();
    await vault.put({ ...PLACE, value: utf8('sk-in-the-vault') });
    expect(await resolve({ vault }, 'vault:key')).toBe('sk-in-the-vault');
    expect(await resolve({ vault }, 'vault:key', { version: 2 })).toBe('secret-unavailable');
    expect(await resolve({}, 'vault:key')).toBe('secret-unavailable');
  });

  test('is nothing else', async () => {
    for (const binding of ['key', 'http://key', '', ':key']) {
      expect(await resolve({ env }, binding)).toBe('secret-binding-unknown');
    }
  });

  test('has the digest that the world expects', async () => {
    const { vault } = scratchVault();
    const expectedDigest = await vault.digest(utf8('sk-from-environment'));
    const both = { env, vault };
    expect(await resolve(both, 'env:LLM_KEY', { expectedDigest })).toBe('sk-from-environment');
    const plain = sha256(utf8('sk-from-environment'));
    expect(await resolve(both, 'env:LLM_KEY', { expectedDigest: plain })).toBe(
      'secret-digest-mismatch',
    );
    expect(await resolve({ env }, 'env:LLM_KEY', { expectedDigest })).toBe('secret-unavailable');
  });

  test('is unavailable by name when the vault cannot be used', async () => {
    const { vault, paths } = scratchVault();
    await vault.put({ ...PLACE, value: utf8('sk-in-the-vault') });
    chmodSync(paths.file, 0o644);
    expect(await resolve({ vault }, 'vault:key')).toBe('secret-file-shared');
    writeFileSync(paths.file, 'x');
    chmodSync(paths.file, 0o600);
    expect(await resolve({ vault }, 'vault:key')).toBe('vault-damaged');
  });
});
