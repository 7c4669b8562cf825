/** Vaults in folders that go away with their test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Vault } from '@aos/adapters-vault';
import { type Hash, sha256, utf8 } from '@aos/canon';
import { onTestFinished } from 'vitest';

/** The world of calls on a stage. */
export const WORLD: Hash = sha256(utf8('a staged world'));
export const OTHER_WORLD: Hash = sha256(utf8('another world'));
export const PLACE = { worldId: WORLD, name: 'key' };

export function scratchVault() {
  const folder = mkdtempSync(join(tmpdir(), 'aos-vault-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const paths = { file: join(folder, 'secrets.vault'), keyFile: join(folder, 'keys', 'vault.key') };
  return { folder, paths, vault: new Vault(paths) };
}
