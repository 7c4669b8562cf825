/**
 * What format 1 has written stays as it is: golden vectors and journals are pinned by hash.
 *
 * There is no way to write this list anew, on purpose. A line is added by hand, with the file.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SPEC = fileURLToPath(new URL('../spec', import.meta.url));
const FOLDERS = ['journals', 'vectors'];

const pinned = new Map(
  readFileSync(`${SPEC}/frozen.txt`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(66), line.slice(0, 64)]),
);

const files = FOLDERS.flatMap((folder) =>
  readdirSync(`${SPEC}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`),
);

const hashOf = (path: string) =>
  createHash('sha256')
    .update(readFileSync(`${SPEC}/${path}`))
    .digest('hex');

it.each([...pinned])('%s is as it was frozen', (path, hash) => {
  expect(files, `spec/${path} is gone: builds to come have to read it`).toContain(path);
  const why =
    `spec/${path} is frozen: never regenerate it. Journals of format 1 have these bytes for ` +
    'ever; what has to change is a new format or new rules beside it (docs/decisions/0034)';
  expect(hashOf(path), why).toBe(hash);
});

it('all golden files are pinned', () => {
  const free = files.filter((path) => !pinned.has(path));
  const lines = free.map((path) => `${hashOf(path)}  ${path}`);
  expect(lines, 'read what is new, then add these lines to spec/frozen.txt').toEqual([]);
});
