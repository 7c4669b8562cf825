import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCli } from '@aos/cli';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const EXAMPLE = fileURLToPath(new URL('../../../examples/00-counter', import.meta.url));

let root = '';
let dir = '';
let folders = 0;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'aos-air-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  dir = join(root, `folder-${folders++}`);
  mkdirSync(dir);
});

async function aos(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const streams = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
  };
  const exitCode = await runCli(['air', ...args], streams);
  return { exitCode, out: out.join(''), err: err.join('') };
}

async function json(...args: string[]) {
  const { exitCode, out } = await aos(...args, '--json');
  return { exitCode, ...JSON.parse(out) };
}

const schema = (type: object, name = 'demo/A@1') => ({ $kind: 'defschema', name, type });
const manifest = (...schemas: string[]) => ({
  $kind: 'manifest',
  air_version: '1',
  schemas: schemas.map((name) => ({ name })),
  modules: [],
  plans: [],
  caps: [],
  policies: [],
});

const A = { 'manifest.air.json': manifest('demo/A@1'), 'schemas.air.json': [schema({ text: {} })] };

/** A module that authors these files, without a library. */
function source(files: Record<string, unknown>, name = 'world.mjs'): string {
  const documents = Object.entries(files).map(([path, node]) => ({
    path,
    text: `${JSON.stringify(node)}\n`,
  }));
  const path = join(dir, name);
  writeFileSync(path, `export default { toAir: () => ${JSON.stringify(documents)} };\n`);
  return path;
}

function folder(files: Record<string, unknown>, name = 'other'): string {
  mkdirSync(join(dir, name, 'air'), { recursive: true });
  for (const [path, node] of Object.entries(files)) {
    writeFileSync(join(dir, name, 'air', path), JSON.stringify(node));
  }
  return join(dir, name);
}

describe('aos air build', () => {
  it('writes what a module authors, once', async () => {
    const first = await json('build', source(A));
    expect(first).toMatchObject({
      exitCode: 0,
      data: { out: join(dir, 'air'), written: Object.keys(A), stale: [] },
    });
    expect((await json('build', join(dir, 'world.mjs'))).data.written).toEqual([]);
    expect((await json('hash', dir)).data.manifest).toBe(first.data.manifest);
  });

  it('writes nothing for definitions that do not hold', async () => {
    const broken = { ...A, 'schemas.air.json': [schema({ ref: 'demo/Gone@1' })] };
    const answer = await json('build', source(broken));
    expect(answer).toMatchObject({ exitCode: 1, error: { code: 'air-invalid' } });
    expect(existsSync(join(dir, 'air'))).toBe(false);
  });

  it('tells files that the source no longer makes, and removes them when asked', async () => {
    const path = source(A);
    await json('build', path);
    writeFileSync(join(dir, 'air/old.air.json'), '[]');
    expect(await json('build', path)).toMatchObject({ data: { stale: ['old.air.json'] } });
    await json('build', path, '--prune');
    expect(existsSync(join(dir, 'air/old.air.json'))).toBe(false);
  });

  it.each([
    ['source-not-found', 'gone.mjs', undefined],
    ['source-export', 'a.mjs', 'export default 7;'],
    ['source-failed', 'b.mjs', 'throw new Error("no");'],
    [
      'author-name',
      'c.mjs',
      'throw Object.assign(new Error(), { name: "AuthorError", code: "author-name", at: "x" });',
    ],
  ])('refuses with %s', async (code, name, text) => {
    if (text !== undefined) writeFileSync(join(dir, name), text);
    expect(await json('build', join(dir, name))).toMatchObject({ exitCode: 1, error: { code } });
  });

  it('reads TypeScript only where Node does', async () => {
    const features = process.features as { typescript?: unknown };
    const canRead = typeof features.typescript === 'string';
    writeFileSync(join(dir, 'world.ts'), 'export default 7 as number;');
    const code = canRead ? 'source-export' : 'source-typescript';
    expect(await json('build', join(dir, 'world.ts'))).toMatchObject({ error: { code } });
  });
});

describe('aos air check', () => {
  it('finds an example valid', async () => {
    const answer = await json('check', EXAMPLE);
    expect(answer).toMatchObject({ exitCode: 0, data: { valid: true, source: null, drift: [] } });
  });

  it('lists findings with their places', async () => {
    const other = folder({ ...A, 'schemas.air.json': [schema({ txt: {} })] });
    const answer = await json('check', other);
    expect(answer).toMatchObject({ exitCode: 1, data: { valid: false } });
    const [first] = answer.data.findings;
    expect(first).toMatchObject({ code: 'type-unknown', path: 'schemas.air.json#/0/type' });
  });

  it('finds drift between a source and its files', async () => {
    await json('build', source(A));
    expect(await json('check', dir)).toMatchObject({ exitCode: 0, data: { drift: [] } });
    const changed = { ...A, 'schemas.air.json': [schema({ int: {} })], 'more.air.json': [] };
    const next = source(changed, 'next.mjs');
    writeFileSync(join(dir, 'air/own.air.json'), '[]');
    expect(await json('check', dir, '--source', next)).toMatchObject({
      exitCode: 1,
      data: {
        valid: true,
        drift: [
          { path: 'schemas.air.json', drift: 'differs' },
          { path: 'more.air.json', drift: 'missing' },
          { path: 'own.air.json', drift: 'stale' },
        ],
      },
    });
  });
});

describe('aos air fmt', () => {
  it('changes layout and no hash, and then nothing more', async () => {
    cpSync(join(EXAMPLE, 'air'), join(dir, 'air'), { recursive: true });
    const file = join(dir, 'air/schemas.air.json');
    writeFileSync(file, JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))));
    const before = await json('hash', dir);
    expect(await json('fmt', dir, '--check')).toMatchObject({ exitCode: 1 });
    const formatted = await json('fmt', dir);
    expect(formatted.data.changed).toContain(file);
    expect(await json('fmt', dir, '--check')).toMatchObject({ exitCode: 0 });
    expect(await json('hash', dir)).toEqual(before);
  });

  it('refuses what is not JSON, with its place', async () => {
    const file = join(dir, 'a.json');
    writeFileSync(file, '{"a": 1, "a": 2}');
    const { error } = await json('fmt', file);
    expect(error.code).toMatch(/^json-/);
    expect(error.at).toMatch(/a\.json:1:/);
  });
});

describe('aos air diff', () => {
  const B = {
    'manifest.air.json': manifest('demo/A@1', 'demo/B@1'),
    'schemas.air.json': [schema({ int: {} }), schema({ unit: {} }, 'demo/B@1')],
  };

  it('names what was added, removed and changed', async () => {
    const [a, b] = [folder(A, 'a'), folder(B, 'b')];
    const changed = { change: 'changed', kind: 'defschema', name: 'demo/A@1' };
    const other = { kind: 'defschema', name: 'demo/B@1' };
    expect((await json('diff', a, b)).data.changes).toEqual([
      changed,
      { change: 'added', ...other },
    ]);
    expect((await json('diff', b, a)).data.changes).toEqual([
      changed,
      { change: 'removed', ...other },
    ]);
    expect((await json('diff', a, a)).data).toMatchObject({ same: true, changes: [] });
  });

  it('takes single files as well', async () => {
    const file = join(dir, 'all.json');
    writeFileSync(file, JSON.stringify(Object.values(B).flat()));
    expect((await json('diff', file, folder(B, 'b'))).data).toMatchObject({ same: true });
  });

  it('gives the patch that leads from one to the other', async () => {
    const [a, b] = [folder(A, 'a'), folder(B, 'b')];
    const { data } = await json('diff', a, b, '--patch');
    expect(data.patch).toMatchObject({ version: '1', base_manifest_hash: data.from });
  });
});
