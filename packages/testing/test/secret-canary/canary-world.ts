/**
 * A world that uses a secret in every way there is: a plan puts it into the vault, sealed; one
 * sends it to a server; one hands it to an adapter that does with it what a test says. It lies on a
 * real disk.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpAdapter } from '@aos/adapters-http';
import { createSecretSource, createVaultAdapter, sealValue, Vault } from '@aos/adapters-vault';
import {
  defineCap,
  defineEffect,
  definePlan,
  defineSecret,
  defineWorld,
  generatePolicy,
  grant,
  outcome,
  schema,
  sys,
  t,
  trigger,
  useSecret,
} from '@aos/air/author';
import { encode, sha256, toHashText, utf8 } from '@aos/canon';
import {
  type AdapterDefect,
  auditObserver,
  foundWorld,
  Log,
  logObserver,
  openControl,
  openWorldHost,
  systemClock,
  systemEntropy,
  WorldMetrics,
  writePrometheus,
} from '@aos/host';
import {
  type Adapter,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  okOutcome,
} from '@aos/protocol';
import { createWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { onTestFinished } from 'vitest';
import { TestKeys } from '../../src/test-world/test-keys.js';

const ALIAS = 'canary/key';
const BINDING = 'vault:canary';

const address = schema('canary/Address@1', t.record({ url: t.text }));
const sealed = schema('canary/Sealed@1', t.record({ sealed_ref: t.hash }));
const wish = schema('canary/Wish@1', t.record({ what: t.text }));
const told = schema('canary/Told@1', t.record({ what: t.text, key: sys.schemas.TextOrSecretRef }));
const heard = schema('canary/Heard@1', t.record({ texts: t.list(t.text) }));

const web = grant('web', sys.caps.httpOut2, {
  hosts: ['127.0.0.1'],
  allow_private: ['127.0.0.0/8'],
});
const vaulting = grant('vaulting', sys.caps.secret, { aliases: [ALIAS], binding_ids: [BINDING] });
const telling = defineCap('canary/telling@1', {
  type: 'telling',
  params: t.record({}),
  enforcer: sys.enforcers.allowAll,
});
const adapter = grant('adapter', telling, {});
const key = defineSecret(`${ALIAS}@1`, { bindingId: BINDING, allowedGrants: [web, adapter] });

const tell = defineEffect('canary/tell@1', {
  kind: 'canary.tell',
  params: told,
  receipt: heard,
  capType: 'telling',
  origin: 'plan',
});

const store = definePlan('canary/store@1', { input: sealed }, (plan, { sealed_ref }) => {
  const params = { alias: ALIAS, binding_id: BINDING, sealed_ref };
  plan.call('put', sys.effects.vaultPut2, params, { grant: vaulting });
});

const fetch = definePlan('canary/fetch@1', { input: address }, (plan, { url }) => {
  const headers = { authorization: useSecret(key), 'x-plain': { literal: 'x' } };
  const params = { method: 'GET', url, headers };
  const got = plan.call('get', sys.effects.httpRequest2, params, { grant: web });
  plan.assign('status', outcome(got).status);
});

const ask = definePlan('canary/ask@1', { input: wish }, (plan, { what }) => {
  const got = plan.call('tell', tell, { what, key: useSecret(key) }, { grant: adapter });
  plan.assign('status', outcome(got).status);
});

const plans = [store, fetch, ask];

const world = defineWorld({
  secrets: [key],
  triggers: [trigger(store), trigger(fetch), trigger(ask)],
  effects: [sys.effects.httpRequest2, sys.effects.vaultPut2],
  policy: generatePolicy('canary/policy@1', { plans }),
});

/** What an adapter does that has the value of a secret at hand; each effect does one. */
export type Telling = (value: string, context: EffectContext) => Promise<EffectOutcome>;

class TellingAdapter implements Adapter {
  readonly id = 'telling';
  readonly kinds = ['canary.tell'];

  constructor(private readonly tellings: ReadonlyMap<string, Telling>) {}

  async start(call: EffectCall, context: EffectContext): Promise<EffectOutcome> {
    const found = await context.secrets.resolve({ alias: ALIAS, version: 1 });
    if (!found.ok) throw new Error(found.refusal.code);
    const params = Buffer.from(call.params).toString('latin1');
    const [, telling] = [...this.tellings].find(([name]) => params.includes(`<${name}>`)) ?? [];
    if (telling === undefined) return okOutcome({ texts: [] });
    return telling(Buffer.from(found.value).toString(), context);
  }

  async close() {}
}

/** Opens the world on a disk, with the value put into its vault, if there is one. */
export async function openCanaryWorld(
  value: string | undefined,
  tellings: ReadonlyMap<string, Telling>,
) {
  const folder = mkdtempSync(join(tmpdir(), 'aos-canary-'));
  const keys = new TestKeys({});
  const engine = new WasmEngine();
  const documents = world.toAir().map(({ path, text }) => ({ path, text }));
  const plan = { documents, modules: new Map(), keyring: keys.entries };
  const result = foundWorld(plan, { engine, clock: systemClock, fillEntropy: systemEntropy });
  if (!result.ok) throw new Error(JSON.stringify(result));
  const { genesis, objects } = result.founded;
  const directory = join(folder, 'world');
  const disk = await createWorldStore(directory, genesis, objects);
  const home = join(folder, 'home');
  const vaultFile = join(home, 'vault');
  const vault = new Vault({ file: vaultFile, keyFile: join(home, 'keys', 'vault.key') });
  const defects: AdapterDefect[] = [];
  const http = createHttpAdapter();
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const metrics = new WorldMetrics('canary');
  const log = logObserver(new Log({ level: 'trace', write }));
  const host = openWorldHost({
    observers: [log, metrics, auditObserver(write)],
    store: disk,
    engine,
    cryptoThreads: 'none',
    effects: {
      adapters: [http, createVaultAdapter({ vault }), new TellingAdapter(tellings)],
      signer: keys.signer('host'),
      secrets: createSecretSource({ vault }),
      onDefect: (defect) => defects.push(defect),
    },
  });
  const control = openControl({ store: disk, engine, host, directory });
  onTestFinished(async () => {
    control.close();
    await host.close();
    await http.close();
    await disk.close();
    rmSync(folder, { recursive: true });
  });
  const { worldId } = await host.read(({ worldId }) => ({ worldId }));
  const send = async (name: string, fields: Readonly<Record<string, string>>) => {
    const accepted = await host.submit({ schema: `canary/${name}@1`, cbor: encode(fields) });
    if (!accepted.ok) throw new Error(accepted.refusal.detail);
  };
  if (value !== undefined) {
    const context = { worldId, alias: ALIAS, bindingId: BINDING };
    const closed = sealValue(await vault.publicKey(), context, utf8(value));
    const hash = sha256(closed);
    await host.storeObject({ hash, bytes: closed });
    await send('Sealed', { sealed_ref: toHashText(hash) });
    await host.untilQuiescent();
  }
  /** What observers were told: log, audit, metrics. */
  const observed = () => [...lines, writePrometheus([metrics.read()])];
  return {
    host,
    control,
    defects,
    observed,
    vaultFile,
    send,
    filesOf: () => filesBelow(directory),
  };
}

/** Name and bytes of each file of a world. */
function filesBelow(directory: string): readonly (readonly [string, Buffer])[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path)] as const);
}
