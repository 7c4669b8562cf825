import {
  chmodSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { Vault } from '@aos/adapters-vault';
import { type Result, sha256, toHex, utf8 } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { OTHER_WORLD, PLACE, scratchVault, WORLD } from './scratch.js';

const VALUE = utf8('sk-a-first-value');
const NEXT = utf8('sk-a-second-value');

const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.refusal.code);
const faultOf = (run: Promise<unknown>) =>
  run.then(
    () => 'none',
    (fault) => fault.code,
  );

describe('a vault', () => {
  test('says at once that its folder cannot be made', async () => {
    const paths = { file: '/proc/none/secrets.vault', keyFile: '/proc/none/vault.key' };
    const put = new Vault(paths).put({ ...PLACE, value: VALUE });
    expect(await faultOf(put)).toBe('secret-file-not-written');
  });

  test('gives back what was put, in versions that stay as they were', async () => {
    const { vault } = scratchVault();
    const first = await vault.put({ ...PLACE, value: VALUE });
    const second = await vault.put({ ...PLACE, value: NEXT });
    expect([first, second]).toMatchObject([{ value: { version: 1 } }, { value: { version: 2 } }]);
    expect(await vault.read(PLACE, 1)).toEqual({ ok: true, value: VALUE });
    expect(await vault.read(PLACE, 2n)).toEqual({ ok: true, value: NEXT });
    expect(codeOf(await vault.read(PLACE, 3))).toBe('secret-unavailable');
    expect(codeOf(await vault.read({ ...PLACE, name: 'other' }, 1))).toBe('secret-unavailable');
  });

  test('shows a world nothing of another one', async () => {
    const { vault } = scratchVault();
    await vault.put({ ...PLACE, value: VALUE });
    expect(codeOf(await vault.read({ ...PLACE, worldId: OTHER_WORLD }, 1))).toBe(
      'secret-unavailable',
    );
    expect(await vault.list(OTHER_WORLD)).toEqual([]);
    expect(await vault.list(WORLD)).toMatchObject([{ name: 'key', version: 1, isRetired: false }]);
  });

  test('puts once for one intent', async () => {
    const { vault } = scratchVault();
    const [one, two] = [sha256(utf8('one')), sha256(utf8('two'))];
    await vault.put({ ...PLACE, value: VALUE, putBy: one });
    const again = await vault.put({ ...PLACE, value: VALUE, putBy: one });
    const other = await vault.put({ ...PLACE, value: VALUE, putBy: two });
    expect([again, other]).toMatchObject([{ value: { version: 1 } }, { value: { version: 2 } }]);
  });

  test('erases with a rotation what is older, and nothing else', async () => {
    const { vault } = scratchVault();
    for (const value of [VALUE, NEXT, VALUE]) await vault.put({ ...PLACE, value });
    const expectedDigest = await vault.digest(NEXT);
    expect(codeOf(await vault.rotate({ ...PLACE, version: 3, expectedDigest }))).toBe(
      'secret-digest-mismatch',
    );
    for (const _ of ['once', 'again']) {
      const rotated = await vault.rotate({ ...PLACE, version: 2, expectedDigest });
      expect(rotated).toMatchObject({ ok: true, value: { version: 2 } });
    }
    const codes = await Promise.all([1, 2, 3].map((version) => vault.read(PLACE, version)));
    expect(codes.map(codeOf)).toEqual(['secret-retired', 'ok', 'ok']);
    expect(codeOf(await vault.rotate({ ...PLACE, version: 1 }))).toBe('secret-retired');
    expect(codeOf(await vault.rotate({ ...PLACE, version: 9 }))).toBe('secret-unavailable');
  });

  test.each([
    ['of too few bytes', { value: utf8('1234567') }, 'secret-too-short'],
    ['of too many bytes', { value: new Uint8Array((1 << 16) + 1) }, 'secret-too-large'],
    ['under a name that leads elsewhere', { name: '../key' }, 'secret-name-invalid'],
    ['under no name', { name: '' }, 'secret-name-invalid'],
    ['of another digest', { expectedDigest: sha256(VALUE) }, 'secret-digest-mismatch'],
  ])('takes no value %s', async (_, change, code) => {
    const { vault } = scratchVault();
    expect(codeOf(await vault.put({ ...PLACE, value: VALUE, ...change }))).toBe(code);
    expect(await vault.list()).toEqual([]);
  });

  test('names equal values by one digest, which another vault does not give', async () => {
    const [one, two] = [scratchVault().vault, scratchVault().vault];
    expect(await one.digest(VALUE)).toEqual(await one.digest(VALUE.slice()));
    expect(await one.digest(VALUE)).not.toEqual(await two.digest(VALUE));
    expect(await one.digest(VALUE)).not.toEqual(sha256(VALUE));
  });

  test('loses no change of several that are made at once', async () => {
    const { paths } = scratchVault();
    const vaults = Array.from({ length: 4 }, () => new Vault(paths));
    const puts = Array.from({ length: 24 }, (_, i) =>
      (vaults[i % 4] as Vault).put({ ...PLACE, name: `key${i % 3}`, value: utf8(`sk-value-${i}`) }),
    );
    expect((await Promise.all(puts)).map(codeOf)).toEqual(puts.map(() => 'ok'));
    expect(await (vaults[0] as Vault).list()).toHaveLength(24);
  });
});

describe('the files of a vault', () => {
  test('are readable by their owner alone, and hold no value', async () => {
    const { vault, paths } = scratchVault();
    await vault.put({ ...PLACE, value: VALUE });
    for (const path of Object.values(paths)) expect(statSync(path).mode & 0o777).toBe(0o600);
    const bytes = readFileSync(paths.file);
    expect(bytes.includes(Buffer.from(VALUE))).toBe(false);
    expect(bytes.includes(Buffer.from('key'))).toBe(false);
    expect(bytes.toString('hex')).not.toContain(toHex(WORLD));
  });

  test('differ each time they are written', async () => {
    const [one, two] = [scratchVault(), scratchVault()];
    for (const { vault } of [one, two]) await vault.put({ ...PLACE, value: VALUE });
    expect(readFileSync(one.paths.file)).not.toEqual(readFileSync(two.paths.file));
  });

  test.each(['file', 'keyFile'] as const)(
    'are not used when others can read the %s',
    async (which) => {
      const { vault, paths } = scratchVault();
      await vault.put({ ...PLACE, value: VALUE });
      for (const mode of [0o640, 0o604, 0o620]) {
        chmodSync(paths[which], mode);
        expect(await faultOf(vault.read(PLACE, 1))).toBe('secret-file-shared');
        expect(await faultOf(vault.put({ ...PLACE, value: NEXT }))).toBe('secret-file-shared');
      }
      chmodSync(paths[which], 0o600);
      expect(await vault.list()).toHaveLength(1);
    },
  );

  test('are damaged when any byte of them is another one, or missing', async () => {
    const { vault, paths } = scratchVault();
    await vault.put({ ...PLACE, value: VALUE });
    const bytes = readFileSync(paths.file);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 1;
      writeFileSync(paths.file, changed);
      expect(await faultOf(vault.read(PLACE, 1)), `byte ${at}`).toBe('vault-damaged');
    }
    for (const size of [0, 1, 44, bytes.length - 1]) {
      writeFileSync(paths.file, bytes.subarray(0, size));
      expect(await faultOf(vault.list())).toBe('vault-damaged');
      expect(await faultOf(vault.put({ ...PLACE, value: NEXT }))).toBe('vault-damaged');
    }
    writeFileSync(paths.file, bytes);
    expect(await vault.list()).toHaveLength(1);
  });

  test('need the key that they were written with, and get no other', async () => {
    const [one, two] = [scratchVault(), scratchVault()];
    for (const { vault } of [one, two]) await vault.put({ ...PLACE, value: VALUE });
    const mixed = new Vault({ ...one.paths, keyFile: two.paths.keyFile });
    expect(await faultOf(mixed.list())).toBe('vault-damaged');
    writeFileSync(two.paths.keyFile, 'no key');
    expect(await faultOf(mixed.list())).toBe('vault-key-invalid');
    rmSync(one.paths.keyFile);
    const { vault } = one;
    expect(await faultOf(vault.list())).toBe('vault-key-missing');
    expect(await faultOf(vault.publicKey())).toBe('vault-key-missing');
    expect(await faultOf(vault.put({ ...PLACE, value: NEXT }))).toBe('vault-key-missing');
  });

  test('are no links and no folders', async () => {
    const [one, two] = [scratchVault(), scratchVault()];
    await one.vault.put({ ...PLACE, value: VALUE });
    symlinkSync(one.paths.file, two.paths.file);
    expect(await faultOf(two.vault.list())).toBe('secret-file-unreadable');
    const folder = new Vault({ ...one.paths, file: one.folder });
    expect(await faultOf(folder.list())).toBe('secret-file-unreadable');
  });

  test('survive a change that broke off, and leave no draft', async () => {
    const { vault, paths, folder } = scratchVault();
    await vault.put({ ...PLACE, value: VALUE });
    writeFileSync(`${folder}/.secrets.vault.${process.pid}.draft`, 'half of a', { mode: 0o600 });
    expect(await vault.read(PLACE, 1)).toEqual({ ok: true, value: VALUE });
    await vault.put({ ...PLACE, value: NEXT });
    expect(readdirSync(folder).sort()).toEqual(['keys', 'secrets.vault']);
    expect(paths.file).toContain(folder);
  });

  test('stay as they were when they cannot be written', async () => {
    const { vault, paths, folder } = scratchVault();
    await vault.put({ ...PLACE, value: VALUE });
    if (process.getuid?.() === 0) return; // root may write everywhere
    chmodSync(folder, 0o500);
    expect(await faultOf(vault.put({ ...PLACE, value: NEXT }))).toBe('secret-file-not-written');
    chmodSync(folder, 0o700);
    expect(await new Vault(paths).list()).toHaveLength(1);
  });
});
