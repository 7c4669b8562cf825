/** Worlds that change are recorded with the first of their definitions. */
import type { WorldDefinition } from '@aos/air';
import { sha256, utf8 } from '@aos/canon';
import { encodeGenesis, GENESIS_FORMAT } from '@aos/protocol';
import { evolvingEngine } from './evolving-definition.js';
import { KEEPERS, KEYS } from './golden-keys.js';
import type { Recorder, Recording } from './recorder.js';
import { RUNTIME } from './scenarios.js';

export interface EvolvingScenario {
  readonly about: string;
  run(recorder: Recorder): void;
}

export function evolvingRecording(name: string, definition: WorldDefinition): Recording {
  const { guest: _guest, ...known } = KEYS;
  const keys = [...Object.values(known), ...Object.values(KEEPERS)];
  const genesis = encodeGenesis({
    format: GENESIS_FORMAT,
    manifest: definition.manifestHash,
    runtime: RUNTIME,
    keyring: keys.map(({ secret: _secret, ...entry }) => entry),
    createdNs: 1_600_000_000_000_000_000n,
    nonce: sha256(utf8(name)).slice(0, 16),
  });
  return { name, genesis, definition, engine: evolvingEngine };
}
