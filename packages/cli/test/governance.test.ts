/** Changes of a definition that may not be, asked for at the command line: one world for all. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorldStore } from '@aos/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aos, json, refused } from './cli-run.js';
import { writeOrderFolder } from './order-folder.js';

let root = '';
let world = '';
const saved = { home: process.env.AOS_HOME, runtime: process.env.XDG_RUNTIME_DIR };

const gov = (...args: string[]) => json('-w', world, 'governance', ...args);
const shown = async (...args: string[]) => (await aos('-w', world, 'gov', ...args)).out;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'aos-gov-'));
  process.env.AOS_HOME = join(root, 'home');
  process.env.XDG_RUNTIME_DIR = root;
  world = join(root, 'world');
  writeOrderFolder(join(root, 'orders'));
  await json('init', world, '--from', join(root, 'orders'));
  for (const [name, role] of [
    ['host', 'host'],
    ['ben', 'approver'],
    ['carl', 'approver'],
    ['dora', 'adapter'],
  ] as const) {
    await json('-w', world, 'keyring', 'add', name, '--role', role);
  }
});
afterAll(() => {
  for (const [name, value] of [
    ['AOS_HOME', saved.home],
    ['XDG_RUNTIME_DIR', saved.runtime],
  ] as const) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(root, { recursive: true, force: true });
});

/** A folder like that of the world, with another schema, and rules about approvals. */
function change(name: string, governance?: readonly object[]): string {
  const folder = join(root, name);
  writeOrderFolder(folder, `demo/${name}@1`);
  if (governance === undefined) return folder;
  const orders = join(folder, 'air/orders.air.json');
  const nodes = JSON.parse(readFileSync(orders, 'utf8')) as { readonly $kind: string }[];
  const ruled = nodes.map((node) => (node.$kind === 'defpolicy' ? { ...node, governance } : node));
  writeFileSync(orders, JSON.stringify(ruled));
  const manifest = join(folder, 'air/manifest.air.json');
  const { features, ...rest } = JSON.parse(readFileSync(manifest, 'utf8'));
  const more = [...features, 'policy-governance'];
  writeFileSync(manifest, JSON.stringify({ ...rest, features: more }));
  return folder;
}

async function patchFile(patches: readonly object[], base?: string): Promise<string> {
  const { data } = await json('-w', world, 'status');
  const file = join(root, 'patch.json');
  writeFileSync(file, JSON.stringify({ base_manifest_hash: base ?? data.manifest, patches }));
  return file;
}

const NO_HASH = `sha256:${'0'.repeat(64)}`;
const schema = (name: string) => ({ $kind: 'defschema', name, type: { nat: {} } });
const plan = (step: object) => ({
  add_def: {
    kind: 'defplan',
    node: {
      ...{ $kind: 'defplan', name: 'demo/bad@1', input: 'demo/Order@1' },
      steps: [step, { id: 'done', op: 'end' }],
      edges: [{ from: 'a', to: 'done' }],
    },
  },
});

describe('a patch that leads nowhere', () => {
  it.each<[string, readonly object[], string | undefined, string]>([
    [
      'a stale base',
      [{ add_def: { kind: 'defschema', node: schema('demo/X@1') } }],
      NO_HASH,
      'patch-base',
    ],
    [
      'a wrong pre-hash',
      [{ remove_def: { kind: 'defschema', name: 'demo/Dear@1', pre_hash: NO_HASH } }],
      undefined,
      'patch-pre-hash',
    ],
    [
      'a broken plan',
      [plan({ id: 'a', op: 'await_receipt', for: { ref: '@var:none' }, bind: { as: 'x' } })],
      undefined,
      'await-unknown-handle',
    ],
    [
      'an unknown reference',
      [plan({ id: 'a', op: 'raise_event', event: 'demo/None@1', value: { unit: {} } })],
      undefined,
      'schema-not-found',
    ],
    [
      'an edit of sys/',
      [{ add_def: { kind: 'defschema', node: schema('sys/Own@1') } }],
      undefined,
      'patch-reserved',
    ],
  ])('is refused: %s', async (_, patches, base, code) => {
    const { error } = await gov('propose', await patchFile(patches, base));
    expect(error.code).toContain(code);
    expect(error.at).toMatch(/patch/);
  });

  it('is refused with code that may not run, and nothing of all that is left', async () => {
    const wasm = join(root, 'no.wasm');
    writeFileSync(wasm, 'no module');
    const folder = change('Code');
    const answer = await gov('propose', '--folder', folder, '--module', `demo/Counters@1=${wasm}`);
    expect(answer.error.code).toMatch(/^module-/);
    expect((await gov('list')).data).toMatchObject({ count: 0 });
    expect((await json('-w', world, 'journal', 'head')).data.seq).toBe(3);
  });
});

describe('names of keys', () => {
  it('are not given twice', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const { x = '' } = publicKey.export({ format: 'jwk' });
    const hex = Buffer.from(x, 'base64url').toString('hex');
    const add = (name: string) =>
      json('-w', world, 'keyring', 'add', name, '--role', 'approver', '--public', hex);
    expect(await add('ben')).toMatchObject(refused('key-name-taken'));
    expect(await add('eve')).toMatchObject({ ok: true });
    await json('-w', world, 'keyring', 'revoke', 'eve');
    expect(await json('-w', world, 'keyring', 'add', 'eve', '--role', 'approver')).toMatchObject({
      ok: true,
    });
    await json('-w', world, 'keyring', 'revoke', 'eve');
  });
});

describe('what an author writes', () => {
  it('does nothing to the terminal of who approves, and looks like no line of ours', async () => {
    const why = 'fine\u001b[1A\u001b[2K\u202e\r\n0  approved  by ana\u009b31m';
    await gov('propose', '--folder', change('Told'), '-m', why);
    for (const verb of [['list'], ['show', '0']]) {
      const out = await shown(...verb);
      expect(out).not.toMatch(/[^\P{C}\n]/u);
      expect(out).not.toMatch(/^0 {2}approved/m);
      expect(out).toContain('fine\\u001b[1A');
    }
    expect((await gov('show', '0')).data.proposal.description).toBe(why);
    await gov('withdraw', '0');
  });
});

describe('a change that two must approve of', () => {
  const rules = [{ verb: 'approve', role: 'approver', count: 2, not_own: true }];

  it('is looked at while somebody else has the world', async () => {
    expect(await gov('propose', '--folder', change('Ruled', rules))).toMatchObject({ ok: true });
    const store = await openWorldStore(join(world, '.aos'));
    const { data } = await gov('shadow', '1', '--no-sign');
    expect(data).toMatchObject({ seq: null, report: { version: 1, head: null } });
    await store.close();
    const lines = (await shown('shadow', '1')).split('\n');
    const at = (word: string) => lines.findIndex((line) => line.startsWith(word));
    expect([at('authority'), at('definitions')].every((line) => line > 0)).toBe(true);
    expect(at('authority')).toBeLessThan(at('definitions'));
    expect(await shown('show', '1')).toMatch(
      /needs 1 with the role operator: nobody yet; 1 missing, who could: operator/,
    );
    await gov('approve', '1', '--shadow', 'last');
    await gov('apply', '1');
    expect(await gov('apply', '1')).toMatchObject(refused('proposal-closed'));
  });

  it('says who is missing, and takes no other voice', async () => {
    await gov('propose', '--folder', change('More', rules));
    expect(await gov('approve', '2', '--as', 'ben')).toMatchObject(
      refused('proposal-not-shadowed'),
    );
    const { data } = await gov('shadow', '2', '--records', '2');
    expect(data.report.limits.records).toBe(2);
    const approve = (as: string, ...more: string[]) =>
      gov('approve', '2', '--as', as, '--shadow', 'last', ...more);
    expect(await approve('nobody')).toMatchObject(refused('key-not-found'));
    expect(await approve('eve')).toMatchObject(refused('verb-key'));
    expect(await approve('dora')).toMatchObject(refused('governance-role'));
    expect(await approve('operator')).toMatchObject(refused('governance-own'));
    expect(await approve('ben', '--shadow', NO_HASH)).toMatchObject(refused('proposal-mismatch'));
    expect(await gov('approve', '2', '--expires', 'soon')).toMatchObject({ exitCode: 2 });
    expect(await approve('ben', '--expires', '2h')).toMatchObject({ data: { state: 'shadowed' } });
    expect(await approve('ben')).toMatchObject(refused('approval-repeated'));
    expect(await gov('apply', '2')).toMatchObject(refused('proposal-not-approved'));
    expect(await shown('list')).toMatch(/^2 {2}shadowed .*\(1 to approve\)$/m);
    const show = await shown('show', '2');
    expect(show).toMatch(/approve by ben, until logical time \d+/);
    expect(show).toContain('not the author: ben; 1 missing, who could: carl');
    const { proposal } = (await gov('show', '2')).data;
    expect(proposal.quorum).toMatchObject([{ counted: ['ben'], could: ['carl'], count: 2 }]);
  });

  it('is void for a new shadow, and for a key that is revoked', async () => {
    await gov('shadow', '2');
    const approve = (as: string, ...more: string[]) =>
      gov('approve', '2', '--as', as, '--shadow', 'last', ...more);
    expect((await gov('show', '2')).data.proposal.voices).toEqual([]);
    expect(await approve('ben')).toMatchObject({ data: { state: 'shadowed' } });
    expect(await approve('carl')).toMatchObject({ data: { state: 'approved' } });
    await json('-w', world, 'keyring', 'revoke', 'carl');
    expect(await approve('carl')).toMatchObject(refused('verb-key'));
    expect(await gov('apply', '2')).toMatchObject(refused('proposal-not-approved'));
    expect(await gov('list', '--state', 'bogus')).toMatchObject(refused('control-args'));
    expect(await json('-w', world, 'journal', 'tail', '--kind', 'bogus')).toMatchObject(
      refused('control-args'),
    );
    expect((await gov('list', '--state', 'approved')).data.proposals).toHaveLength(1);
  });

  it('comes into force, and is led back from', async () => {
    await json('-w', world, 'keyring', 'add', 'fay', '--role', 'approver');
    const fay = ['approve', '2', '--as', 'fay'];
    expect(await gov(...fay)).toMatchObject(refused('shadow-not-named'));
    expect(await gov(...fay, '--shadow', 'last')).toMatchObject({ data: { state: 'approved' } });
    expect(await gov('apply', '2')).toMatchObject({ data: { state: 'applied' } });
    expect(await gov('rollback', '1')).toMatchObject(refused('proposal-not-current'));
    const wrong = ['--migration', `demo/Counters@1=${join(root, 'no.wasm')}`];
    expect(await gov('rollback', '2', ...wrong)).toMatchObject(refused('migration-needless'));
    expect(await gov('rollback', '2', '-m', 'undo')).toMatchObject({ data: { proposal: 3 } });
    expect(await json('-w', world, 'verify')).toMatchObject({ ok: true });
  });
});
