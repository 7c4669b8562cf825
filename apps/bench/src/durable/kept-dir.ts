/** Folders of worlds that take long to fill: filled once a process, gone when it ends. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const parent = join(process.cwd(), 'node_modules/.cache/aos-bench');

export function keptDir(): string {
  mkdirSync(parent, { recursive: true });
  const dir = mkdtempSync(join(parent, 'kept-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
