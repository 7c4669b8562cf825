/** Small and large writes, which go different ways, are the same to whoever asks for them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { nodeFs } from './node-fs.js';

const dir = mkdtempSync(join(tmpdir(), 'aos-fs-'));
afterAll(() => rmSync(dir, { recursive: true }));

it.each([0, 1, 2 ** 16, 2 ** 16 + 1])('a write of %i bytes is whole at its place', async (size) => {
  const path = join(dir, `${size}`);
  const file = nodeFs.open(path, 'create');
  const bytes = Buffer.alloc(size, 7);
  expect(await file.write(bytes, 3)).toBe(size);
  await file.datasync();
  if (size > 0) expect(readFileSync(path)).toEqual(Buffer.concat([Buffer.alloc(3), bytes]));
  file.close();
});

it.each([1, 2 ** 16 + 1])('a write of %i bytes that fails rejects', async (size) => {
  const path = join(dir, `read-${size}`);
  nodeFs.open(path, 'create').close();
  const file = nodeFs.open(path, 'read');
  const written = file.write(Buffer.alloc(size), 0);
  await expect(written).rejects.toMatchObject({ code: 'EBADF' });
  file.close();
});
