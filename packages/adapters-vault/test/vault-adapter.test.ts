import { chmodSync } from 'node:fs';
import { createVaultAdapter, sealValue, type Vault } from '@aos/adapters-vault';
import { builtinSchema, compileSchemas, type DefSchema } from '@aos/air';
import { decodePlain, encode, sha256, toHashText, utf8 } from '@aos/canon';
import {
  type AdapterFixture,
  adapterContract,
  EffectStage,
  MemoryBlobs,
  stageCall,
} from '@aos/protocol/contracts';
import { describe, expect, test } from 'vitest';
import { PLACE, scratchVault, WORLD } from './scratch.js';

const ALIAS = 'demo/key';
const BINDING = 'vault:key';
const VALUE = utf8('sk-a-sealed-value');

const names = ['Put', 'Rotate'].map((name) => `sys/Vault${name}Receipt@1`);
const schemas = compileSchemas(names.map((name) => builtinSchema(name) as DefSchema));

const checkReceipt = (name: string) => (payload: Uint8Array) => {
  const schema = schemas.ok ? schemas.value.get(`sys/Vault${name}Receipt@1`) : undefined;
  const normal = schema?.normalizeCbor(payload);
  return normal?.ok ? undefined : `${normal?.refusal.code}`;
};

async function sealFor(vault: Vault, value = VALUE, bindingId = BINDING) {
  return sealValue(await vault.publicKey(), { worldId: WORLD, alias: ALIAS, bindingId }, value);
}

const putParams = (change = {}) =>
  encode({ alias: ALIAS, binding_id: BINDING, expected_digest: null, ...change });

async function putFixture(): Promise<AdapterFixture> {
  const { vault } = scratchVault();
  const sealed = await sealFor(vault);
  const none = toHashText(sha256(utf8('none')));
  return {
    adapter: createVaultAdapter({ vault }),
    effect: 'vault.put',
    sound: (blobs) => putParams({ sealed_ref: toHashText(blobs.store(sealed)) }),
    checkReceipt: checkReceipt('Put'),
    refused: {
      'vault-sealed-missing': putParams({ sealed_ref: none }),
      'vault-params-invalid': putParams({ sealed_ref: none, binding_id: 'env:KEY' }),
      'vault-value-plain': encode({
        ...{ alias: ALIAS, binding_id: BINDING },
        ...{ value_ref: none, expected_digest: none },
      }),
    },
  };
}

async function rotateFixture(): Promise<AdapterFixture> {
  const { vault } = scratchVault();
  for (const value of [utf8('an older value'), VALUE]) await vault.put({ ...PLACE, value });
  const [digest, other] = [await vault.digest(VALUE), sha256(VALUE)].map(toHashText);
  const params = (change = {}) =>
    encode({ alias: ALIAS, binding_id: BINDING, version: 2, expected_digest: digest, ...change });
  return {
    adapter: createVaultAdapter({ vault }),
    effect: 'vault.rotate',
    sound: () => params(),
    checkReceipt: checkReceipt('Rotate'),
    refused: {
      'secret-unavailable': params({ version: 3 }),
      'secret-digest-mismatch': params({ expected_digest: other }),
      'vault-params-invalid': params({ version: 0 }),
    },
  };
}

describe('the adapter of the vault, putting', () => {
  test.each(adapterContract)('$name', async ({ run }) => run(await putFixture()));
});

describe('the adapter of the vault, rotating', () => {
  test.each(adapterContract)('$name', async ({ run }) => run(await rotateFixture()));
});

async function put(vault: Vault, sealed: Uint8Array, change = {}, intent = 'one') {
  const blobs = new MemoryBlobs();
  const params = putParams({ sealed_ref: toHashText(blobs.store(sealed)), ...change });
  const call = stageCall({ effect: 'vault.put', params, intent });
  const outcome = await createVaultAdapter({ vault }).start(call, new EffectStage(blobs));
  const read = decodePlain(outcome.payload);
  if (!read.ok || !(read.value instanceof Map)) throw new Error('a payload is a record');
  return { ...Object.fromEntries(read.value), retry: outcome.retry };
}

describe('a put', () => {
  test('makes a version, once for each intent', async () => {
    const { vault } = scratchVault();
    const sealed = await sealFor(vault);
    const digest = toHashText(await vault.digest(VALUE));
    for (const _ of ['once', 'again']) {
      expect(await put(vault, sealed)).toMatchObject({ version: 1, digest, alias: ALIAS });
    }
    expect(await put(vault, sealed, {}, 'two')).toMatchObject({ version: 2 });
    expect(await vault.read(PLACE, 1)).toEqual({ ok: true, value: VALUE });
  });

  test('takes what was sealed for this world, alias and binding alone', async () => {
    const { vault } = scratchVault();
    const elsewhere = await sealFor(vault, VALUE, 'vault:other');
    const code = 'sealed-value-invalid';
    expect(await put(vault, elsewhere)).toMatchObject({ code });
    expect(await put(vault, await sealFor(vault), { alias: 'demo/other' })).toMatchObject({ code });
    expect(await put(vault, await sealFor(scratchVault().vault))).toMatchObject({ code });
    expect(await put(vault, VALUE)).toMatchObject({ code });
    expect(await vault.list()).toEqual([]);
  });

  test('of another digest than expected, or of too few bytes, puts nothing', async () => {
    const { vault } = scratchVault();
    const sealed = await sealFor(vault);
    const expected_digest = toHashText(sha256(VALUE));
    expect(await put(vault, sealed, { expected_digest })).toMatchObject({
      code: 'secret-digest-mismatch',
    });
    expect(await put(vault, await sealFor(vault, utf8('short')))).toMatchObject({
      code: 'secret-too-short',
    });
    expect(await vault.list()).toEqual([]);
  });

  test('into a vault that others can read is an error of that name', async () => {
    const { vault, paths } = scratchVault();
    const sealed = await sealFor(vault);
    await put(vault, sealed);
    chmodSync(paths.file, 0o644);
    expect(await put(vault, sealed, {}, 'two')).toMatchObject({
      code: 'secret-file-shared',
      retry: 'never',
    });
  });
});
