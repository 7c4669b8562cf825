/** Receipts that are verified when they are made: the world is the one that it would have been. */
import { checkInputSignature } from '@aos/kernel';
import { describe, expect, it } from 'vitest';
import type { Signer } from '../src/keys/key-files.js';
import { ProvenReceipt } from '../src/keys/proven-receipt.js';
import { SignatureVerifier } from '../src/keys/signatures.js';
import { signReceiptLater } from '../src/keys/signing.js';
import { keys, newEffectStore, openStage, send } from './effect-world.js';
import { must } from './stage.js';

const whole = keys.signer('host');
const { keyId, publicKey } = whole;
const sign = (message: Uint8Array) => whole.sign(message);
/** The same key, of a signer that proves nothing. */
const plain: Signer = { keyId, publicKey, sign };

/** The journal of a few orders, each with an effect, one after the other. */
async function journalOf(signer: Signer) {
  const store = newEffectStore();
  const { host } = openStage({ store, effects: { signer }, cryptoThreads: 'beside' });
  for (const n of [1, 2, 3]) {
    must(await host.submit(send('Chain', n)));
    await host.untilQuiescent();
  }
  const journal = [...store.records(0)].map((bytes) => Buffer.from(bytes).toString('hex'));
  await host.close();
  return journal;
}

async function receipt(signer: Signer) {
  const { host } = openStage();
  const world = await host.read((each) => each);
  await host.close();
  const { worldId, epoch } = world;
  const intentHash = keyId;
  const body = { worldId, epoch, intentHash, attempt: 1, adapterId: 'test', status: 'ok' } as const;
  return { world, raw: await signReceiptLater(signer, body, new Uint8Array(0)) };
}

describe('a receipt that was proven when it was made', () => {
  it('leads to the journal that one which is verified later leads to', async () => {
    const journal = await journalOf(whole);
    expect(journal.length).toBe(3 * 4);
    expect(journal).toEqual(await journalOf(plain));
  });

  it('says what its signature was verified over', async () => {
    const { world, raw } = await receipt(whole);
    expect(ProvenReceipt.isOf(world.keyring, raw)).toBe(true);
    expect(checkInputSignature(world, raw, new SignatureVerifier().check).ok).toBe(true);
  });

  it('is none in a keyring without the key, as a copy, or of a signer that cannot', async () => {
    const { world, raw } = await receipt(whole);
    expect(ProvenReceipt.isOf([], raw)).toBe(false);
    const others = world.keyring.map((key) => ({ ...key, publicKey: new Uint8Array(32) }));
    expect(ProvenReceipt.isOf(others, raw)).toBe(false);
    expect(ProvenReceipt.isOf(world.keyring, { ...raw })).toBe(false);
    expect(ProvenReceipt.isOf(world.keyring, structuredClone(raw))).toBe(false);
    expect(ProvenReceipt.isOf(world.keyring, (await receipt(plain)).raw)).toBe(false);
  });

  it('is not made where its signature does not hold', async () => {
    const signProven = () => Promise.reject(new Error('it does not hold'));
    await expect(receipt({ ...plain, signProven })).rejects.toMatchObject({
      code: 'signer-failed',
    });
  });
});
