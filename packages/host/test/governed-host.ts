/** A world that changes its own definition, as a host runs it: by control verbs and by effects. */
import { compilePatch, loadAir } from '@aos/air';
import { type Encodable, encode, type Hash, parseHashText, sha256 } from '@aos/canon';
import { foundWorld, openControl, openWorldHost, signVerb } from '@aos/host';
import { signedVerbArgs, type Verb, type WorldStore } from '@aos/protocol';
import { createMemoryStore } from '@aos/store';
import type { ShadowRunner } from '../src/governance/shadow-runner.js';
import { TestKeys } from './order-world.js';
import { ManualClock, modules, must, noEntropy, sumEngine } from './stage.js';

export const keys = new TestKeys();
const keyring = [keys.entry('operator', 'operator'), keys.entry('host', 'host')];

export type Documents = readonly { readonly path: string; readonly text: string }[];

export function newStore(documents: Documents, code = modules): WorldStore {
  const ports = { engine: sumEngine(), clock: new ManualClock(), fillEntropy: noEntropy };
  const result = foundWorld({ documents, modules: code, keyring }, ports);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return createMemoryStore(result.founded.genesis, result.founded.objects);
}

export function open(store: WorldStore, engine = sumEngine(), shadow?: ShadowRunner) {
  const host = openWorldHost({
    store,
    engine,
    effects: { adapters: [], signer: keys.signer('host'), allowMissing: true },
    ...(shadow && { shadow }),
  });
  const control = openControl({ store, engine, host });
  const signed = async (verb: Verb) => {
    const { world_id, live } = must(await control.call('status', {}));
    const place = { worldId: hashOf(world_id), epoch: live?.epoch ?? 0 };
    const { verb: _, ...args } = signedVerbArgs(signVerb(keys.signer('operator'), place, verb));
    return args;
  };
  const adopt = async (draft: Parameters<typeof control.call<'governance.draft'>>[1]) => {
    const { base, patch_hash } = must(await control.call('governance.draft', draft));
    const about = { base: hashOf(base), patchHash: hashOf(patch_hash) };
    const proposing = await signed({ verb: 'propose', ...about, description: 'more' });
    const { proposal } = must(await control.call('governance.propose', proposing));
    const shadow = must(await control.call('governance.shadow', { proposal: proposal ?? -1 }));
    const ref = { ...about, proposal: proposal ?? -1 };
    const bound = { ...ref, shadowHash: hashOf(shadow.shadow_hash) };
    const shadowed = await signed({ verb: 'shadowed', ...bound, atSeq: shadow.at_seq });
    must(await control.call('governance.shadowed', shadowed));
    must(await control.call('governance.approve', await signed({ verb: 'approve', ...bound })));
    const applying = await signed({ verb: 'apply', proposal: ref.proposal });
    must(await control.call('governance.apply', applying));
    return shadow;
  };
  return { host, control, signed, adopt };
}

export function hashOf(text: string): Hash {
  return must(parseHashText(text));
}

/** One schema more. */
export function documentOf(documents: Documents) {
  const loaded = loadAir(documents);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  const { world } = loaded;
  const node = { $kind: 'defschema', name: 't/New@1', type: { nat: {} } };
  return {
    version: '1',
    base_manifest_hash: `sha256:${hex(world.manifestHash)}`,
    patches: [{ add_def: { kind: 'defschema', node } }],
  };
}

export function patchOf(documents: Documents) {
  const loaded = loadAir(documents);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  const outcome = compilePatch(documentOf(documents), { world: loaded.world });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.findings));
  const bytes = encode(outcome.patch.document as unknown as Encodable);
  return { hash: sha256(bytes), bytes };
}

export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
