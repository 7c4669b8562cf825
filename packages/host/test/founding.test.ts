import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sha256, toHex } from '@aos/canon';
import { aosHome, ensureOperatorKey, foundWorld, readAuthoringFolder } from '@aos/host';
import { decodeGenesis } from '@aos/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { found, ManualClock, modules, must, noEntropy, plan, REDUCER, sumEngine } from './stage.js';

const ports = () => ({ engine: sumEngine(), clock: new ManualClock(), fillEntropy: noEntropy });
let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'aos-founding-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('founding a world', () => {
  it('binds the manifest, and through it the code, into genesis', () => {
    const { genesis, definition, objects } = found();
    expect(must(decodeGenesis(genesis)).manifest).toEqual(definition.manifestHash);
    const stored = objects.map(({ hash }) => toHex(hash));
    expect(stored).toContain(toHex(definition.manifestHash));
    expect(stored).toContain(toHex(sha256(modules.get(REDUCER) as Uint8Array)));
    for (const { hash, bytes } of objects) expect(toHex(sha256(bytes))).toBe(toHex(hash));
  });

  it('is refused without the code of a reducer', () => {
    const result = foundWorld({ ...plan, modules: new Map() }, ports());
    expect(result).toMatchObject({ ok: false, refusal: { code: 'module-unbound' } });
  });

  it('is refused with the refusal of a module that the engine does not take', () => {
    const refusal = { code: 'module-export-missing', at: '', detail: 'no alloc' };
    const engine = { ...sumEngine(), load: () => ({ ok: false, refusal }) as never };
    const result = foundWorld(plan, { ...ports(), engine });
    expect(result).toMatchObject({ ok: false, refusal: { code: 'module-export-missing' } });
  });

  it('is refused with the findings of an invalid definition', () => {
    const documents = [{ path: 'a.json', text: '{"$kind":"manifest"}' }];
    const result = foundWorld({ ...plan, documents }, ports());
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.findings.length).toBeGreaterThan(0);
  });
});

describe('an authoring folder', () => {
  it('gives AIR documents by path and modules by name', () => {
    mkdirSync(join(dir, 'air/deep'), { recursive: true });
    mkdirSync(join(dir, 'modules/demo'), { recursive: true });
    writeFileSync(join(dir, 'air/b.json'), '1');
    writeFileSync(join(dir, 'air/deep/a.json'), '2');
    writeFileSync(join(dir, 'air/notes.md'), 'no');
    writeFileSync(join(dir, 'modules/demo/X@1.wasm'), 'w');
    const folder = readAuthoringFolder(dir);
    expect(folder.documents).toEqual([
      { path: 'air/b.json', text: '1' },
      { path: 'air/deep/a.json', text: '2' },
    ]);
    expect([...folder.modules.keys()]).toEqual(['demo/X@1']);
  });

  it('with text that is not UTF-8 is refused, and not repaired', () => {
    mkdirSync(join(dir, 'air'));
    writeFileSync(join(dir, 'air/a.json'), Uint8Array.of(0x22, 0xff, 0xfe, 0x22));
    expect(() => readAuthoringFolder(dir)).toThrowError(
      expect.objectContaining({ code: 'text-not-utf8' }),
    );
  });

  it('keeps a byte order mark for the reader of JSON to refuse', () => {
    mkdirSync(join(dir, 'air'));
    writeFileSync(join(dir, 'air/a.json'), '\ufeff1');
    expect(readAuthoringFolder(dir).documents[0]?.text).toBe('\ufeff1');
  });

  it('that is a file is refused', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(() => readAuthoringFolder(join(dir, 'file'))).toThrowError(
      expect.objectContaining({ code: 'folder-not-found' }),
    );
  });

  it('without AIR is refused', () => {
    expect(() => readAuthoringFolder(dir)).toThrowError(
      expect.objectContaining({ code: 'folder-not-found' }),
    );
  });
});

describe('the operator key', () => {
  it('is made once, readable by its owner only, and stays the same', () => {
    const first = ensureOperatorKey(dir);
    const path = join(dir, 'keys/operator.pem');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toContain('PRIVATE KEY');
    expect(ensureOperatorKey(dir)).toEqual(first);
    expect(first.keyId).toEqual(sha256(first.publicKey));
    expect(first.roles).toEqual(['operator']);
  });

  it('is never overwritten when it cannot be read', () => {
    ensureOperatorKey(dir);
    const path = join(dir, 'keys/operator.pem');
    writeFileSync(path, 'garbage');
    expect(() => ensureOperatorKey(dir)).toThrowError(
      expect.objectContaining({ code: 'key-unreadable' }),
    );
    expect(readFileSync(path, 'utf8')).toBe('garbage');
  });

  it('lives where AOS_HOME says', () => {
    expect(aosHome({ AOS_HOME: '/somewhere' })).toBe(resolve('/somewhere'));
    expect(aosHome({ AOS_HOME: '.' })).toBe(process.cwd());
    expect(aosHome({})).toMatch(/\.aos$/);
    expect(aosHome({ AOS_HOME: '' })).toBe(aosHome({}));
  });

  it.each([
    ['in it', 'world', 'world/.aos'],
    ['as the home itself', 'world', 'world'],
    ['through a link to it', 'world', 'link/home'],
  ])('is refused inside a world, before anything is written: %s', (_, world, home) => {
    mkdirSync(join(dir, 'world'));
    symlinkSync(join(dir, 'world'), join(dir, 'link'));
    const place = { outside: join(dir, world) };
    expect(() => ensureOperatorKey(join(dir, home), place)).toThrowError(
      expect.objectContaining({ code: 'key-inside-world' }),
    );
    expect(existsSync(join(dir, 'world/.aos'))).toBe(false);
    expect(existsSync(join(dir, 'world/keys'))).toBe(false);
    expect(existsSync(join(dir, 'world/home'))).toBe(false);
  });

  it('may stand beside a world, and around one', () => {
    const place = { outside: join(dir, 'home/worlds/a') };
    expect(ensureOperatorKey(join(dir, 'home'), place).name).toBe('operator');
    expect(ensureOperatorKey(join(dir, 'home'), { outside: join(dir, 'ho') }).name).toBe(
      'operator',
    );
  });

  it('is refused at once where no folder can be made', () => {
    writeFileSync(join(dir, 'file'), '');
    for (const home of ['/proc/none', join(dir, 'file')]) {
      expect(() => ensureOperatorKey(home)).toThrowError(
        expect.objectContaining({ code: expect.stringMatching(/^key-(not-made|unreadable)$/) }),
      );
    }
  });

  it.each([0o640, 0o604, 0o620])('is refused when its mode is %o', (mode) => {
    ensureOperatorKey(dir);
    chmodSync(join(dir, 'keys/operator.pem'), mode);
    expect(() => ensureOperatorKey(dir)).toThrowError(
      expect.objectContaining({ code: 'key-permissions' }),
    );
  });
});
