import { BlobAdapter } from '@aos/adapters-blob';
import { builtin, builtinSchema, compileSchemas, type DefSchema } from '@aos/air';
import { decodePlain, encode, sha256, toHashText, utf8 } from '@aos/canon';
import { AosFault } from '@aos/protocol';
import {
  type AdapterFixture,
  adapterContract,
  EffectStage,
  MemoryBlobs,
  stageCall,
} from '@aos/protocol/contracts';
import { describe, expect, it } from 'vitest';

const BYTES = utf8('a blob of some bytes');
const HASH = toHashText(sha256(BYTES));
const NONE = toHashText(sha256(utf8('no blob')));

const names = ['Put', 'Get', 'Write', 'Read', 'Exists'].map((name) => `sys/Blob${name}Receipt@1`);
const schemas = compileSchemas(names.map((name) => builtinSchema(name) as DefSchema));

/** Parameters that work, by kind, and what they come to. */
const sound: Readonly<Record<string, [params: object, receipt: object]>> = {
  'blob.write': [{ bytes: BYTES }, { blob_ref: HASH, size: 20 }],
  'blob.put': [{ blob_ref: HASH }, { blob_ref: HASH, size: 20 }],
  'blob.get': [{ key: HASH }, { blob_ref: HASH, size: 20 }],
  'blob.exists': [{ blob_ref: HASH }, { size: 20 }],
  'blob.read': [
    { blob_ref: HASH, from: 2, size: 4 },
    { bytes: utf8('blob'), size: 20 },
  ],
};

/** Parameters that fail, by kind and code. */
const refused: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  'blob.put': { 'blob-not-found': { blob_ref: NONE }, 'blob-params-invalid': { blob_ref: 'x' } },
  'blob.get': { 'blob-not-found': { key: NONE }, 'blob-key-invalid': { key: 'a name' } },
  'blob.read': {
    'blob-not-found': { blob_ref: NONE, from: 0, size: 1 },
    'blob-read-too-large': { blob_ref: HASH, from: 0, size: 2 ** 18 + 1 },
    'blob-params-invalid': { blob_ref: HASH, from: -1, size: 1 },
  },
};

const params = (fields: object) => encode({ namespace: 'n', ...fields });

function fixture(effect: string): AdapterFixture {
  const definition = builtin('defeffect', `sys/${effect}@1`);
  const receipt = schemas.ok ? schemas.value.get(`${definition?.receipt_schema}`) : undefined;
  const all = Object.entries(refused[effect] ?? {});
  return {
    adapter: new BlobAdapter(),
    effect,
    sound: (blobs) => {
      blobs.store(BYTES);
      return params(sound[effect]?.[0] ?? {});
    },
    checkReceipt: (payload) => {
      const normal = receipt?.normalizeCbor(payload);
      return normal?.ok ? undefined : `${normal?.refusal.detail}`;
    },
    refused: Object.fromEntries(all.map(([code, fields]) => [code, params(fields)])),
  };
}

describe.each(Object.keys(sound))('the blob adapter, asked for %s', (effect) => {
  it.each(adapterContract)('$name', ({ run }) => run(fixture(effect)));
});

async function run(effect: string, fields: object, blobs = new MemoryBlobs()) {
  const call = stageCall({ effect, params: params(fields) });
  const { status, payload } = await new BlobAdapter().start(call, new EffectStage(blobs));
  const value = decodePlain(payload);
  const found = value.ok && value.value instanceof Map ? Object.fromEntries(value.value) : {};
  return status === 'ok' ? found : { status, code: found.code };
}

describe('blobs', () => {
  it.each(Object.entries(sound))('%s answers with what is there', async (effect, [asked, got]) => {
    const blobs = new MemoryBlobs();
    if (effect !== 'blob.write') blobs.store(BYTES);
    expect(await run(effect, asked, blobs)).toEqual(got);
  });

  it('that were written are there', async () => {
    const blobs = new MemoryBlobs();
    expect(await run('blob.exists', { blob_ref: HASH }, blobs)).toEqual({ size: null });
    await run('blob.write', { bytes: BYTES }, blobs);
    expect(await run('blob.exists', { blob_ref: HASH }, blobs)).toEqual({ size: 20 });
  });

  it.each([
    [0, 0, ''],
    [18, 9, 'es'],
    [20, 1, ''],
    [2 ** 63, 1, ''],
    [0, 2 ** 18, 'a blob of some bytes'],
  ])('are read from %d, %d bytes, as far as they go', async (from, size, text) => {
    const blobs = new MemoryBlobs();
    blobs.store(BYTES);
    const got = await run('blob.read', { blob_ref: HASH, from: BigInt(from), size }, blobs);
    expect(got).toEqual({ bytes: utf8(text), size: 20 });
  });

  it('of a store that fails are an error, of one that is broken a defect', async () => {
    const failing = new MemoryBlobs();
    const fault = new AosFault('store-failed', 'no room', { retry: 'later' });
    failing.put = () => Promise.reject(fault);
    failing.get = () => Promise.reject(fault);
    failing.store(BYTES);
    const asked = (effect: string) => run(effect, sound[effect]?.[0] ?? {}, failing);
    expect(await asked('blob.write')).toEqual({ status: 'error', code: 'blob-not-stored' });
    expect(await asked('blob.read')).toEqual({ status: 'error', code: 'blob-unreadable' });
    failing.size = () => Promise.reject(new TypeError('a defect'));
    await expect(asked('blob.exists')).rejects.toThrow(TypeError);
  });
});
