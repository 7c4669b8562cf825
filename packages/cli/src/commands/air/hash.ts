/** `aos air hash`: the hash of every definition, and of the manifest. */
import { hashDefinitions } from '@aos/air';
import { readAirFolder } from '../../air-files.js';
import { describeFinding, isError } from '../../findings.js';
import type { Answer } from '../../output.js';

/** Definitions that can be read are hashed, whether or not they make a world. */
export async function hashAir(dir: string): Promise<Answer> {
  const { documents, wasm } = readAirFolder(dir);
  const { definitions, manifest, findings } = hashDefinitions(documents, wasm);
  return {
    data: {
      manifest: manifest ?? null,
      definitions: definitions.map(({ kind, name, hash }) => ({ kind, name, hash })),
    },
    lines: [
      ...definitions.map(({ kind, name, hash }) => `${hash}  ${kind.padEnd(12)} ${name}`),
      ...(manifest === undefined ? [] : [`${manifest}  manifest`]),
    ],
    warnings: findings.map(describeFinding),
    exitCode: findings.some(isError) ? 1 : 0,
  };
}
