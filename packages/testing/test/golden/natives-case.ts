/** A world of the native reducers alone: nothing that it runs is a module. */
import { loadAir } from '@aos/air';
import { defineWorld, route, sys } from '@aos/air/author';
import { encode, sha256, toHashText, utf8 } from '@aos/canon';
import { type Engine, encodeGenesis, GENESIS_FORMAT } from '@aos/protocol';
import type { Recorder, Recording } from './recorder.js';
import { RUNTIME } from './scenarios.js';

export const NATIVES_ABOUT =
  'native reducers: objects registered, workspaces committed, faults of both, and of fuel';

/** It has nothing, and is asked for nothing. */
export const emptyEngine: Engine = {
  has: () => false,
  call: () => {
    throw new Error('a native reducer has no module');
  },
};

export function nativesRecording(): Recording {
  const { objectCatalog, workspace } = sys.reducers;
  const world = defineWorld({
    routes: [
      route(objectCatalog, { keyField: 'meta.name' }),
      route(workspace, { keyField: 'workspace' }),
    ],
  });
  const loaded = loadAir([...world.toAir()]);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  const limits = { ...RUNTIME.limits, fuel_per_call: 40_000 };
  const genesis = encodeGenesis({
    format: GENESIS_FORMAT,
    manifest: loaded.world.manifestHash,
    runtime: { ...RUNTIME, limits },
    keyring: [],
    createdNs: 1_600_000_000_000_000_000n,
    nonce: new Uint8Array(16),
  });
  return { name: 'natives', genesis, definition: loaded.world, engine: emptyEngine };
}

const hashOf = (text: string) => toHashText(sha256(utf8(text)));

export function runNatives(recorder: Recorder): void {
  const register = (name: string, text: string, tags: readonly string[] = []) => {
    const meta = { name, kind: 'note', hash: hashOf(text), tags, created_at: 7, owner: 'golden' };
    recorder.event('sys/ObjectRegistered@1', { meta });
  };
  const commit = (expected_head: number | null, text: string, workspace = 'notes') => {
    const said = { author: 'golden', message: text, at: 7 };
    const value = { workspace, expected_head, tree: hashOf(text), ...said };
    recorder.event('sys/WorkspaceCommitted@1', value);
  };
  register('a', 'one');
  register('a/b', 'two', ['y', 'x', 'y']);
  register('a', 'three');
  commit(null, 'first');
  commit(1, 'second');
  commit(1, 'stale');
  commit(null, 'no name', 'Not A Name');
  // versions that cost more than a call may spend
  for (let i = 0; i < 8; i++) register('long', `${i}`, [`tag ${i}`]);
  recorder.refuse({ schema: 'sys/ObjectRegistered@1', cbor: encode({ meta: null }) });
}
