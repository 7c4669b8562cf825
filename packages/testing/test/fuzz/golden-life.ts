/** A world with much in it, lived in memory: what hashed and signed shapes are taken from. */
import { sha256, utf8 } from '@aos/canon';
import { createWorld, replay, takeSnapshot } from '@aos/kernel';
import { CURRENT_RUNTIME, encodeGenesis, GENESIS_FORMAT } from '@aos/protocol';
import { goldenDefinition } from '../golden/golden-definition.js';
import { checkSignature, KEYS } from '../golden/golden-keys.js';
import { puppetEngine } from '../golden/puppet.js';
import { ObjectMemory, Recorder, type Recording } from '../golden/recorder.js';
import { SCENARIOS } from '../golden/scenarios.js';

export interface Life {
  readonly recording: Recording;
  readonly recorder: Recorder;
}

const definition = goldenDefinition();

/** A world of the golden definition at its beginning. */
export function begin(name: string): Life {
  const { guest: _guest, ...known } = KEYS;
  const limits = { ...CURRENT_RUNTIME.limits, ...SCENARIOS[name]?.limits };
  const genesis = encodeGenesis({
    format: GENESIS_FORMAT,
    manifest: definition.manifestHash,
    runtime: { ...CURRENT_RUNTIME, limits },
    keyring: Object.values(known).map(({ secret: _secret, ...entry }) => entry),
    createdNs: 1_600_000_000_000_000_000n,
    nonce: sha256(utf8(name)).slice(0, 16),
  });
  const recording = { name, genesis, definition, engine: puppetEngine };
  return { recording, recorder: new Recorder(recording) };
}

/** The same after its scenario. */
export function live(name: string): Life {
  const life = begin(name);
  SCENARIOS[name]?.run(life.recorder);
  return life;
}

/** Those that stay one world from beginning to end. */
export const SCENARIO_NAMES = ['keyed', 'faults', 'verbs', 'effects', 'saga'].filter(
  (name) => name in SCENARIOS,
);

/** A snapshot at the end of a life, and all that it is made of. */
export function snapshotOf({ recording, recorder }: Life) {
  const { genesis, definition, engine } = recording;
  const source = new ObjectMemory();
  source.put(recorder.objects);
  const world = createWorld(genesis, definition, { engine, source });
  if (!world.ok) throw new Error(world.refusal.detail);
  const ports = { engine, object: source.read, checkSignature };
  const verdict = replay(world.value, recorder.records, ports);
  if (verdict.kind !== 'same') throw new Error('what was lived replays');
  const taken = takeSnapshot(verdict.world);
  if (taken.kind !== 'taken') throw new Error('something is not in memory');
  source.put(taken.objects);
  return { bytes: taken.bytes, source };
}

/** Computed when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
