/** The counter example as a world that drills can make and open. */

import { generateKeyPairSync, sign } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseJson } from '@aos/air';
import { sha256, toHex } from '@aos/canon';
import {
  type FoundedWorld,
  type FoundingResult,
  foundWorld,
  type HostEngine,
  readAuthoringFolder,
  type Signer,
  systemClock,
  systemEntropy,
} from '@aos/host';
import type { RawEvent } from '@aos/kernel';
import { WasmEngine } from '@aos/wasm';

const folder = fileURLToPath(new URL('../../../examples/00-counter', import.meta.url));

const ports = { engine: new WasmEngine(), clock: systemClock, fillEntropy: systemEntropy };

/** A key of this process alone; it is in no file. */
export function makeSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x } = publicKey.export({ format: 'jwk' });
  const bytes = new Uint8Array(Buffer.from(x as string, 'base64url'));
  return {
    keyId: sha256(bytes),
    publicKey: bytes,
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  };
}

/** Of the worlds that {@link foundCounter} makes without another. */
export const operator = makeSigner();

export function foundCounter({ keyId, publicKey }: Signer = operator): FoundedWorld {
  const keyring = [{ keyId, publicKey, name: 'operator', roles: ['operator'] }] as const;
  const result = foundWorld({ ...readAuthoringFolder(folder), keyring }, ports);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.founded;
}

/** The counter's definition around other code. */
export function foundCounterWith(wasm: Uint8Array): FoundingResult {
  const modules = new Map([['demo/CounterSM@1', wasm]]);
  const { documents } = readAuthoringFolder(folder);
  return foundWorld({ documents, modules, keyring: [] }, ports);
}

const event = (json: string): RawEvent => {
  const value = parseJson(json);
  if (!value.ok) throw new Error(value.refusal.detail);
  return { schema: 'demo/CounterEvent@1', json: value.value };
};

export const start = event('{"Start":{"target":1000000000}}');
export const tick = event('{"Tick":null}');

/** Engines that know nothing when they are made; what one has compiled the others need not. */
export function freshEngines(): () => HostEngine {
  const shared = new WasmEngine();
  return () => {
    const loaded = new Set<string>();
    return {
      has: (hash, entry) =>
        entry === undefined
          ? loaded.has(`${toHex(hash)} step`) || loaded.has(`${toHex(hash)} run`)
          : loaded.has(`${toHex(hash)} ${entry}`),
      load: (bytes, entry, options) => {
        const hash = shared.load(bytes, entry, options);
        if (hash.ok) loaded.add(`${toHex(hash.value)} ${entry}`);
        return hash;
      },
      call: (...call) => shared.call(...call),
    };
  };
}
