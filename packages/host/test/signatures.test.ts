/**
 * The platform's verifier against another implementation. Where they differ is known: the other one
 * uses the cofactor, so it takes some signatures that only their own key's owner can make.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { hashes, Point, verify } from '@noble/ed25519';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { isUsableKey, SignatureVerifier } from '../src/keys/signatures.js';

beforeAll(() => {
  hashes.sha512 = (bytes) => new Uint8Array(createHash('sha512').update(bytes).digest());
});

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const verifier = new SignatureVerifier();
const message = new TextEncoder().encode('a message');

const noble = (key: Uint8Array, text: Uint8Array, signature: Uint8Array) => {
  try {
    return verify(signature, text, key, { zip215: false });
  } catch {
    return false;
  }
};

function makeKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x } = publicKey.export({ format: 'jwk' });
  const key = new Uint8Array(Buffer.from(x as string, 'base64url'));
  return { key, sign: (text: Uint8Array) => new Uint8Array(sign(null, text, privateKey)) };
}

const littleEndian = (value: bigint) =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));

const asBigInt = (bytes: Uint8Array) =>
  bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

const challenge = (r: Uint8Array, key: Uint8Array, text: Uint8Array) =>
  asBigInt(createHash('sha512').update(r).update(key).update(text).digest()) % ORDER;

/** A point of order 8, found by killing the large part of a point that has a small one too. */
function pointOfOrder8(): Point {
  for (let y = 2n; ; y++) {
    try {
      // one less than the order, and once more: the library takes no scalar of the order itself
      const point = Point.fromBytes(littleEndian(y));
      const small = point.multiply(ORDER - 1n).add(point);
      if (!small.double().double().is0()) return small;
    } catch {
      // no point has this y
    }
  }
}

/** All eight points whose order divides 8. */
function smallPoints(): Point[] {
  const points = [Point.ZERO];
  const step = pointOfOrder8();
  while (points.length < 8) points.push((points.at(-1) as Point).add(step));
  return points;
}

const makeS = (r: bigint, k: bigint, secret: bigint) => littleEndian((r + k * secret) % ORDER);

describe('a signature', () => {
  it('holds for its key and message, as the other implementation says', () => {
    for (let i = 0; i < 20; i++) {
      const { key, sign } = makeKey();
      const text = message.subarray(0, i);
      expect(verifier.holds(key, text, sign(text))).toBe(true);
      expect(noble(key, text, sign(text))).toBe(true);
    }
  });

  it('does not hold with any bit of it, of the key or of the message changed', () => {
    const { key, sign } = makeKey();
    const signature = sign(message);
    const bit = fc.nat({ max: 8 * (64 + 32 + message.length) - 1 });
    const law = fc.property(bit, (at) => {
      const bytes = Buffer.concat([signature, key, message]);
      bytes.writeUInt8(bytes.readUInt8(at >> 3) ^ (1 << (at & 7)), at >> 3);
      const changed = bytes.subarray(0, 64);
      const [otherKey, text] = [bytes.subarray(64, 96), bytes.subarray(96)];
      expect(verifier.holds(otherKey, text, changed)).toBe(false);
      expect(noble(otherKey, text, changed)).toBe(false);
    });
    fc.assert(law, { numRuns: 300 });
  });

  it('of another length, or of a key of another length, does not hold', () => {
    const { key, sign } = makeKey();
    const signature = sign(message);
    for (const cut of [signature.subarray(1), signature.subarray(0, 63), new Uint8Array(65)]) {
      expect(verifier.holds(key, message, cut)).toBe(false);
    }
    expect(verifier.holds(key.subarray(1), message, signature)).toBe(false);
    expect(verifier.holds(new Uint8Array(33), message, signature)).toBe(false);
  });

  it('with S not below the order of the group does not hold', () => {
    const { key, sign } = makeKey();
    const signature = sign(message);
    const s = asBigInt(signature.subarray(32)) + ORDER;
    const shifted = Buffer.concat([signature.subarray(0, 32), littleEndian(s)]);
    expect(verifier.holds(key, message, shifted)).toBe(false);
    expect(noble(key, message, shifted)).toBe(false);
  });

  it('of a key of small order never holds, also where the equation does', () => {
    for (const point of smallPoints()) {
      const key = point.toBytes();
      // R = s·B − k·A: with k a multiple of 8 it is s·B, whatever the message says
      for (let s = 1n; s < 40n; s++) {
        const r = Point.BASE.multiply(s).toBytes();
        const signature = Buffer.concat([r, littleEndian(s)]);
        expect(verifier.holds(key, message, signature)).toBe(false);
        expect(noble(key, message, signature)).toBe(false);
      }
      expect(isUsableKey(key)).toBe(false);
    }
  });

  it('of a key that is not encoded in the one right way never holds', () => {
    const prime = 2n ** 255n - 19n;
    for (let y = 0n; y < 19n; y++) {
      for (const sign of [0n, 1n << 255n]) {
        const key = littleEndian(prime + y + sign);
        expect(isUsableKey(key)).toBe(false);
        expect(verifier.holds(key, message, new Uint8Array(64))).toBe(false);
      }
    }
  });

  it('with a small part added to R or to the key is refused, as no cofactor hides it', () => {
    const small = pointOfOrder8();
    const secret = 123_456_789n;
    const nonce = 987_654_321n;
    const plainKey = Point.BASE.multiply(secret);
    const mixedKey = plainKey.add(small).toBytes();
    const mixedR = Point.BASE.multiply(nonce).add(small).toBytes();
    const s1 = makeS(nonce, challenge(mixedR, plainKey.toBytes(), message), secret);
    const mixed = Buffer.concat([mixedR, s1]);
    expect(noble(plainKey.toBytes(), message, mixed)).toBe(true);
    expect(verifier.holds(plainKey.toBytes(), message, mixed)).toBe(false);
    const r = Point.BASE.multiply(nonce).toBytes();
    let taken = 0;
    for (let i = 0; i < 64; i++) {
      const text = Uint8Array.of(i);
      const k = challenge(r, mixedKey, text);
      const signature = Buffer.concat([r, makeS(nonce, k, secret)]);
      expect(noble(mixedKey, text, signature)).toBe(true);
      // without the cofactor the equation holds where the small part vanishes by itself
      expect(verifier.holds(mixedKey, text, signature)).toBe(k % 8n === 0n);
      if (k % 8n === 0n) taken++;
    }
    expect(taken).toBeLessThan(64);
  });
});

it('the verifier remembers a bounded number of keys and stays right', () => {
  const signers = Array.from({ length: 300 }, makeKey);
  for (let round = 0; round < 2; round++) {
    for (const { key, sign } of signers) {
      expect(verifier.holds(key, message, sign(message))).toBe(true);
    }
  }
});
