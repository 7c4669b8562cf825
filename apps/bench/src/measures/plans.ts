/**
 * Plans: instances that ask for one effect, wait for its receipt and give a result, in one world in
 * memory with admission, gate, record and chain.
 *
 * An instance is two records: the event that starts it, and the receipt that ends it.
 */
import { loadAir, type WorldDefinition } from '@aos/air';
import { encode, type Hash, sha256, utf8 } from '@aos/canon';
import {
  type AdmittedInput,
  admit,
  createWorld,
  type RawInput,
  step,
  type World,
} from '@aos/kernel';
import { CURRENT_RUNTIME, encodeGenesis, GENESIS_FORMAT } from '@aos/protocol';
import type { Measure } from '../measure.js';
import { callsPerSecond } from './timing.js';

const MIN_MS = 1000;

/** Instances that wait at any time: receipts come in the order of the effects. */
const OPEN_INSTANCES = 64;

const schema = (name: string, type: object) => ({ $kind: 'defschema', name, type });
const refs = (...names: string[]) => names.map((name) => ({ name }));

function definitionOf(): WorldDefinition {
  const documents = [
    schema('b/Start@1', { record: { id: { text: {} }, n: { nat: {} } } }),
    schema('b/Answer@1', { record: { n: { nat: {} } } }),
    schema('b/Result@1', { nat: {} }),
    {
      $kind: 'defeffect',
      name: 'b/ask@1',
      kind: 'ask',
      params_schema: 'b/Answer@1',
      receipt_schema: 'b/Answer@1',
      cap_type: 'asking',
      origin_scope: 'plan',
    },
    {
      $kind: 'defcap',
      name: 'b/asking@1',
      cap_type: 'asking',
      schema: { record: {} },
      enforcer: { module: 'sys/CapAllowAll@1' },
    },
    {
      $kind: 'defplan',
      name: 'b/plan@1',
      input: 'b/Start@1',
      output: 'b/Result@1',
      steps: [
        {
          id: 'ask',
          op: 'emit_effect',
          kind: 'ask',
          params: { record: { n: { ref: '@plan.input.n' } } },
          cap: 'asking',
          bind: { effect_id_as: 'asked' },
        },
        { id: 'wait', op: 'await_receipt', for: { ref: '@var:asked' }, bind: { as: 'answer' } },
        { id: 'end', op: 'end', result: { ref: '@var:answer.n' } },
      ],
      edges: [
        { from: 'ask', to: 'wait' },
        { from: 'wait', to: 'end' },
      ],
    },
    { $kind: 'defpolicy', name: 'b/policy@1', rules: [{ when: {}, decision: 'allow' }] },
    {
      $kind: 'manifest',
      air_version: '1',
      schemas: refs('b/Start@1', 'b/Answer@1', 'b/Result@1'),
      modules: [],
      plans: refs('b/plan@1'),
      effects: refs('b/ask@1'),
      caps: refs('b/asking@1'),
      policies: refs('b/policy@1'),
      defaults: {
        policy: 'b/policy@1',
        cap_grants: [{ name: 'asking', cap: 'b/asking@1', params: {} }],
      },
      triggers: [{ event: 'b/Start@1', plan: 'b/plan@1' }],
    },
  ];
  const loaded = loadAir([{ path: 'bench.air.json', text: JSON.stringify(documents) }]);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  return loaded.world;
}

const engine = {
  has: () => false,
  call: () => {
    throw new Error('a world without modules calls none');
  },
};
const publicKey = sha256(utf8('a key of the bench'));
const keyId = sha256(publicKey);
const sig = new Uint8Array(64);
const entropy = new Uint8Array(32);
const payload = encode({ n: 7 });
const payloadHash = sha256(payload);
const started = encode({ id: 'an instance', n: 7 });

class PlanWorld {
  #world: World;
  /** Hashes of open intents, oldest first. */
  readonly #open: Hash[] = [];

  constructor() {
    const definition = definitionOf();
    const genesis = encodeGenesis({
      format: GENESIS_FORMAT,
      manifest: definition.manifestHash,
      runtime: CURRENT_RUNTIME,
      keyring: [{ keyId, publicKey, name: 'bench', roles: ['host'] }],
      createdNs: 0n,
      nonce: new Uint8Array(16),
    });
    const world = createWorld(genesis, definition, { engine });
    if (!world.ok) throw new Error(world.refusal.detail);
    this.#world = world.value;
    for (let i = 0; i < OPEN_INSTANCES; i++) this.#start();
  }

  /** Starts one instance and ends the one that waits longest. */
  turn(): void {
    this.#start();
    this.#settle();
  }

  #start(): void {
    this.#take({ schema: 'b/Start@1', cbor: started });
  }

  #settle(): void {
    const { worldId, epoch } = this.#world;
    const intentHash = this.#open.shift() as Hash;
    const base = { worldId, epoch, intentHash, attempt: 1, adapterId: 'bench' };
    const receipt = { ...base, status: 'ok' as const, payloadHash };
    this.#take({ kind: 'receipt', receipt, payload, keyId, sig });
  }

  #take(raw: RawInput): void {
    const admission = admit(this.#world, raw);
    if (admission.kind !== 'admitted') throw new Error(JSON.stringify(admission));
    const input: AdmittedInput = admission.input;
    const nowNs = BigInt(this.#world.seq);
    const done = step(this.#world, input, { nowNs, logicalNowNs: nowNs, entropy }, { engine });
    if (done.kind === 'need') throw new Error('an object is missing');
    this.#world = done.world;
    for (const output of done.outputs)
      if (output.kind === 'release') this.#open.push(output.intent);
  }
}

function instancesPerSecond(): number {
  const world = new PlanWorld();
  return callsPerSecond(() => world.turn(), MIN_MS);
}

export const measures: readonly Measure[] = [
  { name: 'kernel.plans', unit: '1/s', run: instancesPerSecond },
];
