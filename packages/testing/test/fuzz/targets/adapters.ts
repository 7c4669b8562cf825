/**
 * Parameters of effects as adapters get them, well-formed or not; nothing is reachable outside.
 *
 * An adapter answers, and throws nothing: a receipt in the schema of its effect, or an error with a
 * code. It leaves nothing behind on the stage, and asks for nothing outside that is not allowed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobAdapter } from '@aos/adapters-blob';
import { createHttpAdapter } from '@aos/adapters-http';
import { createLlmAdapter } from '@aos/adapters-llm';
import { TimerAdapter } from '@aos/adapters-timer';
import { createVaultAdapter, Vault } from '@aos/adapters-vault';
import { WasiAdapter } from '@aos/adapters-wasi';
import { WorkspaceAdapter } from '@aos/adapters-workspace';
import {
  builtin,
  builtinNames,
  builtinSchema,
  type CompiledSchema,
  compileSchemas,
} from '@aos/air';
import { decodePlain, encode, ok, type Refusal } from '@aos/canon';
import { type Adapter, RECEIPT_STATUSES, type WorldPort } from '@aos/protocol';
import { EffectStage, stageCall } from '@aos/protocol/contracts';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { isExplained } from '../codes.js';
import { once } from '../golden-life.js';
import { sampleOf } from '../samples.js';
import { cborTokens, texts } from '../tokens.js';

/** Lets nobody out. */
class ClosedStage extends EffectStage {
  override permitsAddress(): Refusal {
    return { code: 'effect-denied', at: '', detail: 'nothing is reachable here' };
  }
}

const emptyWorld: WorldPort = {
  state: async () => undefined,
  submit: async () => ok({ seq: 1, faults: [] }),
  hasTaken: async () => false,
  askedBy: async () => 'world:f/plan@1',
  receipts: async function* () {},
  look: async () => undefined,
};

interface Served {
  readonly kind: string;
  readonly adapter: Adapter;
  readonly params: CompiledSchema | undefined;
  readonly receipt: CompiledSchema | undefined;
  readonly sample: Uint8Array;
}

const folder = once(() => mkdtempSync(join(tmpdir(), 'aos-fuzz-')));
const adapters = once((): readonly Adapter[] => [
  new BlobAdapter(),
  createHttpAdapter({ resolve: async () => [] }),
  createLlmAdapter({}),
  new TimerAdapter(),
  createVaultAdapter({
    vault: new Vault({
      file: join(folder(), 'vault'),
      keyFile: join(folder(), 'keys', 'vault.key'),
    }),
  }),
  new WorkspaceAdapter(emptyWorld),
  new WasiAdapter(),
]);

const served = once((): readonly Served[] => {
  const names = builtinNames('defschema');
  const all = names.flatMap((name) => builtinSchema(name) ?? []);
  const compiled = compileSchemas(all);
  if (!compiled.ok) throw new Error(compiled.refusal.detail);
  const schemas = compiled.value;
  const effects = builtinNames('defeffect').flatMap((name) => builtin('defeffect', name) ?? []);
  return adapters().flatMap((adapter) => {
    const kinds = adapter.kinds.length === 0 ? ['demo.run'] : adapter.kinds;
    return kinds.map((kind): Served => {
      const effect = effects.findLast((each) => each.kind === kind);
      const schema = effect?.params_schema ?? 'sys/WasiParams@1';
      const typeOf = (name: string) => builtinSchema(name)?.type;
      return {
        ...{ kind, adapter, params: schemas.get(schema) },
        receipt: schemas.get(effect?.receipt_schema ?? 'sys/WasiReceipt@1'),
        sample: encode(sampleOf(typeOf(schema), typeOf)),
      };
    });
  });
});

export const target: FuzzTarget = {
  name: 'adapters',
  tokens: [
    ...cborTokens,
    ...texts('http://a/', 'https://127.0.0.1:1/x?y#z', 'http://[::1]/', 'ftp://a', 'GET', 'POST'),
    ...texts(
      'scripted',
      'user',
      'assistant',
      'system',
      '../..',
      'a/b',
      'vault:x',
      'env:HOME',
      '$tag',
    ),
  ],
  seeds: () => served().map(({ sample }, i) => Uint8Array.of(i, ...sample)),
  async run(bytes) {
    const { kind, adapter, receipt, params } = at((bytes[0] ?? 0) % served().length);
    const given = bytes.slice(1);
    await check(kind, adapter, given, receipt);
    const normal = params?.normalizeCbor(given);
    if (normal?.ok) await check(kind, adapter, normal.value, receipt);
  },
  async close() {
    for (const adapter of adapters()) await adapter.close();
    rmSync(folder(), { recursive: true, force: true });
  },
};

const at = (i: number) => served()[i] as Served;

async function check(
  kind: string,
  adapter: Adapter,
  params: Uint8Array,
  receipt: CompiledSchema | undefined,
): Promise<void> {
  const stage = new ClosedStage();
  const started = adapter.start(stageCall({ effect: kind, params }), stage);
  const leave = setImmediate(() => {
    stage.clock.advance(2n ** 64n - 1n - stage.clock.wallNs());
    setImmediate(() => stage.cancel.cancel());
  });
  const { status, payload } = await started;
  clearImmediate(leave);
  holds(RECEIPT_STATUSES.includes(status), 'an outcome has a status');
  if (status === 'ok') {
    holds(receipt?.normalizeCbor(payload).ok !== false, `the receipt of ${kind} is one`);
    return;
  }
  const error = decodePlain(payload);
  holds(error.ok && error.value instanceof Map, 'an error is a record');
  isExplained(String(error.value.get('code')));
}
