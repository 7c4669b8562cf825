import { randomBytes } from 'node:crypto';
import { asHash, sha256, utf8 } from '@aos/canon';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openValue, SEAL_BYTES, type SealContext, sealValue } from './sealed-value.js';
import { deriveVaultKeys } from './vault-keys.js';

const keys = deriveVaultKeys(new Uint8Array(32).fill(7));
const others = deriveVaultKeys(new Uint8Array(32).fill(8));
const context: SealContext = {
  worldId: sha256(utf8('w')),
  alias: 'demo/key',
  bindingId: 'vault:key',
};

describe('a sealed value', () => {
  test('opens for whoever has the key, and is never sealed the same twice', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(bytes, (value) => {
        const sealed = sealValue(keys.publicKey, context, value);
        expect(sealed.length).toBe(value.length + SEAL_BYTES);
        expect(openValue(keys, context, sealed)).toEqual(value);
        expect(openValue(others, context, sealed)).toBeUndefined();
        expect(sealValue(keys.publicKey, context, value)).not.toEqual(sealed);
      }),
      { numRuns: 25 },
    );
  });

  test('opens in no other world, for no other alias or binding', () => {
    const sealed = sealValue(keys.publicKey, context, utf8('sk-value'));
    for (const change of [
      { worldId: asHash(new Uint8Array(32)) },
      { alias: 'demo/other' },
      { bindingId: 'vault:other' },
    ]) {
      expect(openValue(keys, { ...context, ...change }, sealed)).toBeUndefined();
    }
  });

  test('does not open with a byte changed, added or missing', () => {
    const sealed = sealValue(keys.publicKey, context, utf8('sk-value'));
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = sealed.slice();
      changed[at] = (changed[at] as number) ^ 0x80;
      // the highest bit of an X25519 key does not count, and is bound all the same
      expect(openValue(keys, context, changed), `byte ${at}`).toBeUndefined();
      expect(openValue(keys, context, sealed.subarray(0, at))).toBeUndefined();
    }
    expect(openValue(keys, context, new Uint8Array([...sealed, 0]))).toBeUndefined();
  });

  test('does not open when it is made with a point of small order', () => {
    const sealed = sealValue(keys.publicKey, context, utf8('sk-value'));
    for (const first of [0, 1]) {
      const changed = sealed.slice();
      changed.fill(0, SEAL_BYTES - 48, SEAL_BYTES - 16);
      changed[SEAL_BYTES - 48] = first;
      expect(openValue(keys, context, changed)).toBeUndefined();
    }
    expect(openValue(keys, context, new Uint8Array(randomBytes(100)))).toBeUndefined();
  });
});

describe('the keys of a vault', () => {
  test('follow from its key file', () => {
    const again = deriveVaultKeys(new Uint8Array(32).fill(7));
    expect(again.publicKey).toEqual(keys.publicKey);
    expect(again.digest(utf8('x'))).toEqual(keys.digest(utf8('x')));
    expect(others.digest(utf8('x'))).not.toEqual(keys.digest(utf8('x')));
  });
});
