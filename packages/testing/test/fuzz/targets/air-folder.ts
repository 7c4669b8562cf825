/**
 * Authored files, `NUL` between them.
 *
 * Every finding has a code; a world that loads opens from its stored nodes as the same, and is the
 * same when its nodes are printed and loaded again.
 */
import {
  type AirDocument,
  hashDefinitions,
  loadAir,
  openDefinition,
  printJson,
  readDefinitions,
  toNodeJson,
} from '@aos/air';
import { bytesEqual, decode, toHashText } from '@aos/canon';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { isExplained } from '../codes.js';
import { airTokens, nodesOf, smallWorlds } from '../small-worlds.js';

const NUL = 0;

export const target: FuzzTarget = {
  name: 'air-folder',
  maxBytes: 6000,
  tokens: airTokens,
  seeds: () =>
    smallWorlds.map((nodes) =>
      new TextEncoder().encode(nodes.map((node) => JSON.stringify(node)).join('\0')),
    ),
  run(bytes) {
    const documents = documentsOf(bytes);
    const loaded = loadAir(documents);
    const { findings } = readDefinitions(documents);
    const hashes = hashDefinitions(documents);
    for (const each of [...loaded.findings, ...findings, ...hashes.findings])
      isExplained(each.code);
    const hasError = loaded.findings.some(({ severity }) => severity === 'error');
    holds(loaded.ok !== hasError, 'a world loads where nothing is an error');
    if (!loaded.ok) return;
    const { manifestHash, nodes } = loaded.world;
    holds(hashes.manifest === toHashText(manifestHash), 'hashes are those of the world');
    const opened = openDefinition(manifestHash, (hash) => nodes.get(toHashText(hash)));
    holds(opened.ok, 'what loads opens', () => JSON.stringify(opened));
    holds(bytesEqual(opened.value.manifestHash, manifestHash), 'what opens is the same');
    const printed = nodesOf(loaded.world).map((node): AirDocument => {
      const value = decode(node);
      const json = value.ok ? toNodeJson(value.value) : undefined;
      holds(json !== undefined, 'nodes are JSON');
      return { path: 'printed', text: printJson(json) };
    });
    const again = loadAir(printed);
    holds(again.ok, 'printed nodes load', () => JSON.stringify(again.findings));
    holds(bytesEqual(again.world.manifestHash, manifestHash), 'printed nodes are the same world');
  },
};

function documentsOf(bytes: Uint8Array): AirDocument[] {
  const documents: AirDocument[] = [];
  for (let from = 0; from <= bytes.length; ) {
    const found = bytes.indexOf(NUL, from);
    const end = found < 0 ? bytes.length : found;
    const text = Buffer.from(bytes.subarray(from, end)).toString('utf8');
    documents.push({ path: `f${documents.length}`, text });
    from = end + 1;
  }
  return documents;
}
