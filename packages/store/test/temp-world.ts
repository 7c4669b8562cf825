/** Worlds in a temporary folder, and what tests do to their files. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function makeTempRoot(): string {
  return mkdtempSync(join(tmpdir(), 'aos-store-'));
}
