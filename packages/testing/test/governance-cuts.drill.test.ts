/** A definition comes into force on a disk that is cut at every operation of the way there. */

import { fileURLToPath } from 'node:url';
import { compilePatch, diffWorlds, loadAir } from '@aos/air';
import { encode, parseHashText, toHex } from '@aos/canon';
import { foundWorld, readAuthoringFolder, systemClock, systemEntropy } from '@aos/host';
import { WasmEngine } from '@aos/wasm';
import { describe, expect, it } from 'vitest';
import { type ApplyCutSubject, runApplyCuts } from '../src/governed/apply-cuts.js';
import { foundCounter, freshEngines, makeSigner, operator, start } from './counter-world.js';

const LARGE = process.env.AOS_DRILL === 'large';
const folder = fileURLToPath(new URL('../../../examples/00-counter', import.meta.url));
const upgrade = fileURLToPath(new URL('../../../examples/06-safe-upgrade', import.meta.url));

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
    newEngine: freshEngines(),
    operator,
    event: start,
    patch: { hash: patch.patchHash, bytes: encode(patch.document as never) },
    manifest: patch.candidate.manifestHash,
  };
}

/** Other states and code that leads there, a plan, a grant and a policy, all in one patch. */
function upgradeSubject(): ApplyCutSubject {
  const approver = makeSigner();
  const keyring = [
    { keyId: operator.keyId, publicKey: operator.publicKey, name: 'op', roles: ['operator'] },
    { keyId: approver.keyId, publicKey: approver.publicKey, name: 'ana', roles: ['approver'] },
  ] as const;
  const found = (name: string) => {
    const { documents, modules } = readAuthoringFolder(`${upgrade}${name}`);
    const ports = { engine: new WasmEngine(), clock: systemClock, fillEntropy: systemEntropy };
    const founded = foundWorld({ documents, modules, keyring }, ports);
    if (!founded.ok) throw new Error(JSON.stringify(founded));
    return founded.founded;
  };
  const { genesis, objects, definition } = found('');
  const next = found('/v2');
  const document = diffWorlds(definition, next.definition);
  if (!document.ok) throw new Error(document.refusal.detail);
  const outcome = compilePatch(document.value as never, { world: definition });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.findings));
  const { patch } = outcome;
  const known = new Set(objects.map(({ hash }) => toHex(hash)));
  return {
    genesis,
    objects,
    newEngine: freshEngines(),
    operator,
    approver,
    event: { schema: 'demo/OrderPlaced@1', cbor: encode({ order_id: 'a', service: 'none' }) },
    patch: { hash: patch.patchHash, bytes: encode(patch.document as never) },
    code: next.objects.filter(({ hash }) => !known.has(toHex(hash))),
    manifest: patch.candidate.manifestHash,
  };
}

describe('a definition that comes into force on a disk that is cut', () => {
  it('is wholly in force or not at all, whichever operation is cut', async () => {
    const stride = LARGE ? 1 : 3;
    const { problems, cuts, changed } = await runApplyCuts(subjectOf(), { stride });
    expect(problems).toEqual([]);
    expect(cuts).toBeGreaterThan(40 / stride);
    expect(changed).toBeGreaterThan(2 / stride);
  }, 120_000);

  it('with other states, code, a plan, a grant and a policy is so, too', async () => {
    const stride = LARGE ? 1 : 11;
    const { problems, cuts, changed } = await runApplyCuts(upgradeSubject(), { stride });
    expect(problems).toEqual([]);
    expect(cuts).toBeGreaterThan(10);
    expect(changed).toBeGreaterThan(1);
  }, 600_000);

  it('canary: a disk whose flushes do nothing is found out', async () => {
    const { problems } = await runApplyCuts(subjectOf(), { lieAboutFlush: true, stride: 3 });
    expect(problems.join()).toMatch(/is gone|is not in force/);
  }, 120_000);
});
