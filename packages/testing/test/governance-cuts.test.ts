/** A definition comes into force on a disk that is cut at every operation of the way there. */

import { fileURLToPath } from 'node:url';
import { compilePatch, diffWorlds, loadAir } from '@aos/air';
import { encode, parseHashText } from '@aos/canon';
import { readAuthoringFolder } from '@aos/host';
import { WasmEngine } from '@aos/wasm';
import { describe, expect, it } from 'vitest';
import { type ApplyCutSubject, runApplyCuts } from '../src/governed/apply-cuts.js';
import { foundCounter, operator, start } from './counter-world.js';

const folder = fileURLToPath(new URL('../../../examples/00-counter', import.meta.url));

function subjectOf(): ApplyCutSubject {
  const { genesis, objects, definition } = foundCounter();
  const note = { $kind: 'defschema', name: 'demo/Note@1', type: { text: {} } };
  const reducer = definition.find('defmodule', 'demo/CounterSM@1');
  const hash = parseHashText(reducer?.wasm_hash ?? '');
  if (!hash.ok) throw new Error('the counter has code');
  const { documents } = readAuthoringFolder(folder);
  const changed = documents.map(({ path, text }) => {
    const nodes = [JSON.parse(text)].flat() as { $kind: string; schemas?: object[] }[];
    const listed = nodes.map((node) =>
      node.$kind === 'manifest'
        ? { ...node, schemas: [...(node.schemas ?? []), { name: note.name }] }
        : node,
    );
    return { path, text: JSON.stringify(listed) };
  });
  const loaded = loadAir(
    [...changed, { path: 'air/note.json', text: JSON.stringify([note]) }],
    new Map([['demo/CounterSM@1', hash.value]]),
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  const document = diffWorlds(definition, loaded.world);
  if (!document.ok) throw new Error(document.refusal.detail);
  const outcome = compilePatch(document.value as never, { world: definition });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.findings));
  const { patch } = outcome;
  return {
    genesis,
    objects,
    newEngine: () => new WasmEngine(),
    operator,
    event: start,
    patch: { hash: patch.patchHash, bytes: encode(patch.document as never) },
    manifest: patch.candidate.manifestHash,
  };
}

describe('a definition that comes into force on a disk that is cut', () => {
  it('is wholly in force or not at all, whichever operation is cut', async () => {
    const { problems, cuts, changed } = await runApplyCuts(subjectOf());
    expect(problems).toEqual([]);
    expect(cuts).toBeGreaterThan(40);
    expect(changed).toBeGreaterThan(2);
  }, 120_000);

  it('canary: a disk whose flushes do nothing is found out', async () => {
    const { problems } = await runApplyCuts(subjectOf(), { lieAboutFlush: true });
    expect(problems.join()).toMatch(/is gone|is not in force/);
  }, 120_000);
});
