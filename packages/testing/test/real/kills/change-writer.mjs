// Gives a world one definition after another, each with a schema more, until it is killed. It takes
// up the way from proposal to application wherever it was left, and says on standard output
// `<seq> <chain hex>` of each acknowledgement, `applying <schemas>` and `applied <schemas>`.
// Argument: JSON {dir, home, folder, segmentBytes, broken}; the last is for canaries.
import { writeSync } from 'node:fs';
import { sha256, toHex, utf8 } from '@aos/canon';
import { draftPatch, openKey, openWorldHost, readAuthoringFolder, signVerb } from '@aos/host';
import { openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { brokenFs } from '../broken-fs.js';

const { dir, home, folder, segmentBytes, broken } = JSON.parse(process.argv[2]);
const operator = openKey(home, 'operator');
const { documents, modules } = readAuthoringFolder(folder);
const store = await openWorldStore(dir, { mode: 'write', segmentBytes, fs: brokenFs(broken) });
const host = openWorldHost({ store, engine: new WasmEngine(), snapshotRecords: 40 });
const report = { hash: sha256(utf8('report')), bytes: utf8('report') };
const code = new Map([...modules].map(([name, bytes]) => [name, sha256(bytes)]));

/** @param {string} line */
const say = (line) => writeSync(1, `${line}\n`);

/** @param {Parameters<typeof host.submit>[0]} input */
async function submit(input) {
  const answer = await host.submit(input);
  if (!answer.ok) throw new Error(`${answer.refusal.code}: ${answer.refusal.detail}`);
  say(`${answer.value.seq} ${toHex(answer.value.chain)}`);
}

/** @param {Parameters<typeof signVerb>[2]} verb */
const speak = async (verb) => submit(await host.read((world) => signVerb(operator, world, verb)));

/** @param {import('@aos/kernel').World} world */
const schemasOf = ({ program }) =>
  [...program.definition.schemas.keys()].filter((name) => name.startsWith('demo/Note')).length;

/** The authoring folder with so many schemas more. @param {number} count */
function documentsWith(count) {
  const names = Array.from({ length: count }, (_, i) => `demo/Note${i}@1`);
  const notes = names.map((name) => ({ $kind: 'defschema', name, type: { text: {} } }));
  const listed = documents.map(({ path, text }) => {
    const nodes = [JSON.parse(text)]
      .flat()
      .map((node) =>
        node.$kind === 'manifest'
          ? { ...node, schemas: [...(node.schemas ?? []), ...names.map((name) => ({ name }))] }
          : node,
      );
    return { path, text: JSON.stringify(nodes) };
  });
  return [...listed, { path: 'air/notes.air.json', text: JSON.stringify(notes) }];
}

async function propose() {
  const drafted = await host.read((world) => {
    const source = { kind: /** @type {const} */ ('folder'), documents: [] };
    const changed = { ...source, documents: documentsWith(schemasOf(world) + 1) };
    const object = /** @param {import('@aos/canon').Hash} hash */ (hash) => store.object(hash);
    return draftPatch(world, changed, { modules: new Map(), code, object });
  });
  if (!drafted.ok) throw new Error(drafted.refusal.detail);
  for (const each of drafted.value.objects) await host.storeObject(each);
  const { base, patchHash } = drafted.value;
  await speak({ verb: 'propose', base, patchHash, description: '' });
}

const start = { schema: 'demo/CounterEvent@1', json: { Start: { target: 1_000_000_000 } } };
const tick = { schema: 'demo/CounterEvent@1', json: { Tick: null } };

for (;;) {
  await submit(store.head < 0 ? start : tick);
  const schemas = await host.read(schemasOf);
  const last = () => host.read(({ governance }) => [...governance.proposals.range()].at(-1));
  if (!['proposed', 'shadowed', 'approved'].includes((await last())?.state ?? '')) await propose();
  const known = await last();
  if (known === undefined) throw new Error('nothing was proposed');
  const ref = { proposal: known.id, base: known.base, patchHash: known.patchHash };
  const shadowHash = report.hash;
  if (known.state === 'proposed') {
    await host.storeObject(report);
    const atSeq = await host.read(({ seq }) => seq - 1);
    await speak({ verb: 'shadowed', ...ref, shadowHash, atSeq });
  }
  if (known.state !== 'approved') await speak({ verb: 'approve', ...ref, shadowHash });
  say(`applying ${schemas + 1}`);
  await speak({ verb: 'apply', proposal: ref.proposal });
  say(`applied ${schemas + 1}`);
}
