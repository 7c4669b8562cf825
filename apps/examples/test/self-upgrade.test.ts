import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Hash, toHashText } from '@aos/canon';
import { readAuthoringFolder } from '@aos/host';
import { buildScriptReducer } from '@aos/reducer-sdk';
import { openTestWorld, type TestWorld, type WorldSource } from '@aos/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { exampleFolder } from '../src/places.js';
import { selfUpgrade } from '../src/rungs/self-upgrade.js';
import { buildModules } from '../src/runner/modules.js';

/** What the story of the rung does not come to: models, compilers and people at their worst. */
const WORKER = 'skill/Worker@1';
const FOLDER = exampleFolder('10-self-upgrade');

/** Skills of every kind in one file, so that it has to be compiled only once. */
const SKILLS = `export const skills: Record<string, (rows: any[]) => any> = {
  names: (rows) => rows.map((row) => row.name),
  teams: (rows) => rows.map((row) => row.team),
  endless: () => { for (;;) {} },
  shapeless: () => 7,
  outgoing: () => [String(fetch('https://example.com'))],
};
`;

let wasm: Uint8Array;
let world: TestWorld;
/** What the model answers with. */
let answer: ReturnType<typeof answered>;

beforeAll(async () => {
  await buildModules(selfUpgrade, () => {});
  const built = await buildScriptReducer({ name: 'worker', files: filesWith(SKILLS) });
  if (!built.ok) throw new Error(built.refusal.detail);
  wasm = built.value.wasm;
}, 60_000);

function filesWith(skills: string): Record<string, string> {
  const text = (name: string) => readFileSync(join(FOLDER, 'reducer-ts', name), 'utf8');
  return { 'worker.ts': text('worker.ts'), 'air.ts': text('air.ts'), 'skills.ts': skills };
}

const answered = (text: string | null, patch?: string) => ({
  ...{ provider_id: 'coder', model: 'coder', response_id: null, finish: 'stop', text },
  tool_calls:
    patch === undefined ? [] : [{ id: '1', name: 'also_change', arguments: patch, error: null }],
  ...{ output_ref: NO_HASH, turn_ref: NO_HASH, request_ref: NO_HASH, response_ref: NO_HASH },
  token_usage: {
    ...{ prompt: 1, completion: 1, cache_read: 0, cache_write: 0, reasoning: 0 },
    is_counted: true,
  },
  ...{ cost_cents: 0, cost_nanocents: 0, requests: 1, adapter_id: 'script' },
  timings: { start_ns: 0, first_ns: 0, end_ns: 0 },
});
const NO_HASH = `sha256:${'0'.repeat(64)}`;

/** A world whose model answers so, and whose compiler knows one text. */
async function open(
  text: string | null = SKILLS,
  patch?: string,
  source: WorldSource = { folder: FOLDER },
): Promise<void> {
  const people = { ben: ['approver'], cleo: ['approver'] } as const;
  world = await openTestWorld({ ...source, people });
  answer = answered(text, patch);
  world.effects.on('llm.generate', (call) => call.ok(answer));
  world.effects.on('compile.reducer', async (call) => {
    const { files } = call.params as { files: Map<string, { $value: string }> };
    const isKnown = files.get('skills.ts')?.$value === SKILLS;
    const made = { omitted: 0, compiler: 'test', engine: null };
    if (!isKnown) {
      const said = { severity: { error: null }, code: 'reducer-compile', message: 'no good' };
      const place = { file: 'skills.ts', line: 1, column: 1 };
      return call.ok({ ...made, module: null, diagnostics: [{ ...said, place }] });
    }
    async function* chunks() {
      yield wasm;
    }
    const { hash, sizeBytes } = await call.context.blobs.put(chunks(), wasm.length);
    const module = { hash: toHashText(hash), size: sizeBytes, entry: 'step' };
    return call.ok({ ...made, module, diagnostics: [] });
  });
}

const rows = [
  { name: 'Ada', team: 'amber', amount: 1, day: 2 },
  { name: 'Kai', team: 'blue', amount: 3, day: 4 },
];
const task = (name: string, id = name) =>
  world.send('work/Event@1', { Task: { id, name, description: 'do it', rows } });
const asked = (kind: string) => world.effects.calls(kind).length;

interface Grant {
  readonly name: string;
  readonly params: { readonly record: Readonly<Record<string, unknown>> };
}

interface Manifest {
  readonly defaults: { readonly cap_grants: readonly Grant[] };
}

interface Board {
  readonly answers: ReadonlyMap<string, readonly string[]>;
  readonly open: ReadonlyMap<string, unknown>;
  readonly failed: ReadonlyMap<string, string>;
}
const board = async () => {
  const { answers, open, failed } = (await world.state(WORKER)) as Board;
  return {
    answers: Object.fromEntries(answers),
    open: [...open.keys()],
    failed: Object.fromEntries(failed),
  };
};

/** What became of proposals, in order. */
const changes = () =>
  world.entries('governance-changed').map(({ proposal, change }) => `${proposal} ${change}`);

/** Somebody decides on a proposal, as it was shadowed. */
async function say(verb: 'approve' | 'reject', by: string, proposal = 0): Promise<void> {
  const args = world
    .records()
    .flatMap(({ input }) => ('verb' in input && input.verb === 'shadowed' ? [input.args] : []))
    .findLast((each) => each.get('proposal') === proposal);
  const hash = (name: string) => args?.get(name) as Hash;
  const ref = { proposal, base: hash('base'), patchHash: hash('patch_hash') };
  const bound =
    verb === 'approve' ? { verb, ...ref, shadowHash: hash('shadow_hash') } : { verb, ...ref };
  await world.verb(bound, by);
}

async function agree(proposal = 0): Promise<void> {
  for (const by of ['ben', 'cleo']) await say('approve', by, proposal);
  await world.settle();
}

describe('a model', () => {
  /** Each fails before anything is proposed: one world will do. */
  let count = 0;
  beforeAll(() => open());
  afterAll(() => world.close());

  async function fail(text: string | null, patch?: string): Promise<string | undefined> {
    answer = answered(text, patch);
    const id = `names-${++count}`;
    await task('names', id);
    await world.settle();
    const { answers, open: learning, failed } = await board();
    expect([answers, learning, changes()]).toEqual([{}, [], []]);
    return failed[id];
  }

  test.each([
    ['talks instead of writing', 'What a nice task!'],
    ['answers with more than can be read at once, such as 10 MB', null],
    ['never writes what compiles', `${SKILLS} oops(`],
  ])('that %s is asked a few times, and given up', async (_, text) => {
    const before = [asked('llm.generate'), asked('compile.reducer')];
    expect(await fail(text)).toBe('no-answer-compiles');
    const after = [asked('llm.generate'), asked('compile.reducer')];
    expect(after.map((each, n) => each - (before[n] ?? 0))).toEqual([4, 4]);
  });

  test('is told what the compiler says of its last answer', async () => {
    await fail('nothing');
    const messages = world.effects
      .calls('llm.generate')
      .slice(-4)
      .map(({ params }) => (params as { messages: { parts: { $value: string }[] }[] }).messages)
      .map((all) => all.slice(2).map(({ parts }) => parts[0]?.$value));
    expect(messages.slice(0, 2)).toEqual([[], ['nothing', 'skills.ts:1: no good']]);
  });

  test.each([
    ['is no JSON', '{', /^json-/],
    ['is no patch', '[]', /^patch-form$/],
    ['changes what it does not know', removal('skill/Other@1'), /^patch-undefined$/],
    ['changes its plans', removal('agent/change_plan@1', 'defplan'), /^patch-pre-hash$/],
    ['adds to other names', addition('work/Mine@1'), /^section-not-allowed$/],
  ])('that also asks for a change that %s is refused', async (_, patch, code) => {
    expect(await fail(SKILLS, patch)).toMatch(code);
  });

  test('that is down is asked again for a while, and given up', async () => {
    world.effects.fail('llm.generate', 'llm-unreachable');
    const before = asked('llm.generate');
    await task('names', 'down');
    await world.advance('1m');
    expect((await board()).failed.down).toBe('llm-unreachable');
    expect(asked('llm.generate') - before).toBe(3);
  });
});

describe('code of a model', () => {
  afterEach(() => world.close());
  const NEVER = { answers: {}, open: [] };

  test.each([
    ['runs for ever', 'endless'],
    ['leads to no state', 'shapeless'],
    ['calls the network', 'outgoing'],
  ])('that %s is found out by the shadow', async (_, name) => {
    await open();
    await task(name);
    await world.settle();
    expect(await board()).toEqual({ ...NEVER, failed: { [name]: 'shadow-fails' } });
    expect(changes()).toEqual(['0 proposed', '0 shadowed', '0 withdrawn']);
    expect(world.plans().every(({ status }) => status === 'ok')).toBe(true);
  });

  test('that does something else has not helped', async () => {
    await open();
    await task('unheard-of');
    await world.settle();
    expect(await board()).toEqual({ ...NEVER, failed: { 'unheard-of': 'shadow-no-better' } });
    expect(changes().at(-1)).toBe('0 withdrawn');
  });

  test('that comes with more authority is taken back, where the grant would let it', async () => {
    const { source, grants } = unscoped();
    const more = { name: 'more', cap: 'sys/compile@1', params: { record: {} } };
    const patch = { set_defaults: { policy: 'agent/policy@1', cap_grants: [...grants, more] } };
    await open(SKILLS, JSON.stringify({ patches: [patch] }), source);
    await task('names');
    await world.settle();
    expect(await board()).toEqual({ ...NEVER, failed: { names: 'authority-grows' } });
    expect(changes()).toEqual(['0 proposed', '0 shadowed', '0 withdrawn']);
  });

  test('that is in force and runs for ever does no harm', async () => {
    await open();
    await task('names');
    await world.settle();
    await agree();
    const before = await board();
    const { faults } = await task('endless');
    expect(faults).toEqual([{ reducer: WORKER, code: 'out-of-fuel' }]);
    expect(await board()).toEqual(before);
    await task('teams');
    expect((await board()).answers).toMatchObject({ teams: ['amber', 'blue'] });
  });
});

function removal(name: string, kind = 'defmodule'): string {
  return JSON.stringify({ patches: [{ remove_def: { kind, name, pre_hash: NO_HASH } }] });
}

function addition(name: string): string {
  const node = { $kind: 'defschema', name, type: { nat: {} } };
  return JSON.stringify({ patches: [{ add_def: { kind: 'defschema', node } }] });
}

/** The world of the rung, but for what patches may touch under its grants. */
function unscoped(): { readonly source: WorldSource; readonly grants: readonly Grant[] } {
  const { documents, modules } = readAuthoringFolder(FOLDER);
  const isManifest = ({ path }: { readonly path: string }) => path.endsWith('manifest.air.json');
  const manifest = JSON.parse(documents.find(isManifest)?.text ?? '') as Manifest;
  const grants = manifest.defaults.cap_grants.map(({ params, ...grant }) => {
    const { sections: _, namespaces: __, ...record } = params.record;
    return { ...grant, params: { record } };
  });
  const defaults = { ...manifest.defaults, cap_grants: grants };
  const text = JSON.stringify({ ...manifest, defaults });
  const changed = documents.map((each) => (isManifest(each) ? { ...each, text } : each));
  return { source: { documents: changed, modules }, grants };
}

describe('people', () => {
  afterEach(() => world.close());

  test('that say nothing for a day let the proposal lapse, and the world goes on', async () => {
    await open();
    await task('names');
    await world.settle();
    await say('approve', 'ben');
    await world.advance('1d');
    expect((await board()).failed).toEqual({ names: 'not-approved-in-time' });
    expect(changes().slice(2)).toEqual(['0 approval', '0 withdrawn']);
    await task('names', 'again');
    await world.settle();
    await agree(1);
    expect((await board()).answers).toEqual({ again: ['Ada', 'Kai'] });
  });

  test('that say no end it', async () => {
    await open();
    await task('names');
    await world.settle();
    await say('reject', 'cleo');
    expect(await world.settle()).toMatchObject({ blockers: [] });
    expect((await board()).failed).toEqual({ names: 'rejected' });
  });

  test('that agree while another change comes into force have it written anew', async () => {
    await open();
    await task('names');
    await task('teams');
    await world.settle();
    await agree(0);
    expect(await board()).toMatchObject({ answers: { names: ['Ada', 'Kai'] }, failed: {} });
    // the file that was written for the first task knows the second one, too
    expect(await board()).toMatchObject({ answers: { teams: ['amber', 'blue'] }, open: [] });
    expect(changes().at(-1)).toBe('1 withdrawn');
  });
});
