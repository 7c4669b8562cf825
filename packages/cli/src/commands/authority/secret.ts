/** `aos secret`: the values of a world's secrets, in the vault of this machine. */
import { type Hash, parseHashText, toHashText, toHex } from '@aos/canon';
import { withAccess } from '../../access/with-access.js';
import { openVault } from '../../compose/secrets.js';
import { dataOf } from '../../json-values.js';
import type { Answer } from '../../output.js';
import { unwrap } from '../../refusals.js';
import { readSecret, type SecretInput } from '../../terminal/secret-input.js';

/** Where a value comes from, and who is asked for it. */
export interface ValueInput {
  readonly input?: SecretInput;
  readonly ask?: (text: string) => void;
}

/** Puts a value as the next version of a name. */
export async function putSecret(
  path: string,
  name: string,
  from: ValueInput = {},
): Promise<Answer> {
  const worldId = await worldIdOf(path);
  const vault = await openVault();
  const value = await valueFrom(from);
  const { version, digest } = unwrap(await vault.put({ worldId, name, value }));
  const data = { name, version, digest: toHashText(digest), binding_id: `vault:${name}` };
  return {
    data,
    lines: [
      `vault:${name}  version ${version}  ${data.digest}`,
      `a world uses it by a defsecret <alias>@${version} with the binding vault:${name}`,
    ],
    done: `version ${version} of ${name} is in the vault`,
  };
}

export interface ListOptions {
  /** Of every world. */
  readonly all?: boolean;
}

/** Names, versions and digests; never a value. */
export async function listSecrets(path: string, { all }: ListOptions): Promise<Answer> {
  const vault = await openVault();
  const listed = await vault.list(all === true ? undefined : await worldIdOf(path));
  const secrets = listed.map(({ worldId, name, version, digest, isRetired }) => ({
    world_id: toHashText(worldId),
    name,
    version,
    digest: toHashText(digest),
    retired: isRetired,
  }));
  const lines = secrets.map(({ world_id, name, version, digest, retired }) => {
    const of = all === true ? `${world_id}  ` : '';
    return `${of}vault:${name}  version ${version}  ${digest}${retired ? '  retired' : ''}`;
  });
  return { data: { secrets: dataOf(secrets) }, lines };
}

export interface RotateOptions {
  /** The oldest version that is still good. */
  readonly to: number;
}

/** Erases the versions below one. */
export async function rotateSecret(
  path: string,
  name: string,
  { to }: RotateOptions,
): Promise<Answer> {
  const worldId = await worldIdOf(path);
  const vault = await openVault();
  const { version, digest } = unwrap(await vault.rotate({ worldId, name, version: to }));
  return {
    data: { name, version, digest: toHashText(digest) },
    lines: [`vault:${name}  version ${version} is the oldest that is good; those below are erased`],
    done: `the versions of ${name} below ${version} are erased`,
  };
}

export interface SealOptions {
  /** What the world calls the secret. */
  readonly alias: string;
}

/** Seals a value for `vault.put` and stores it as a blob of the world. */
export async function sealSecret(
  path: string,
  name: string,
  { alias }: SealOptions,
  from: ValueInput = {},
): Promise<Answer> {
  const worldId = await worldIdOf(path);
  const vault = await openVault();
  const { sealValue } = await import('@aos/adapters-vault');
  const bindingId = `vault:${name}`;
  const value = await valueFrom(from);
  const bytes = sealValue(await vault.publicKey(), { worldId, alias, bindingId }, value);
  return withAccess(path, 'write', async (asked) => {
    const { hash } = await asked.call('blob.put', { bytes });
    const data = { alias, binding_id: bindingId, sealed_ref: hash };
    return { data, lines: [`${hash}  sealed for ${alias}, ${bindingId}`] };
  });
}

/** The key that values are sealed to; anybody may know it. */
export async function showVaultKey(): Promise<Answer> {
  const vault = await openVault();
  const key = toHex(await vault.publicKey());
  return { data: { public: key }, lines: [key] };
}

/** The keyed digest of a value, for `expected_digest`. */
export async function digestSecret(from: ValueInput = {}): Promise<Answer> {
  const vault = await openVault();
  const digest = toHashText(await vault.digest(await valueFrom(from)));
  return { data: { digest }, lines: [digest] };
}

function valueFrom({ input, ask = () => undefined }: ValueInput): Promise<Uint8Array> {
  return readSecret(ask, input);
}

async function worldIdOf(path: string): Promise<Hash> {
  let worldId = '';
  await withAccess(path, 'read', async (asked) => {
    ({ world_id: worldId } = await asked.call('status', {}));
    return { data: null, lines: [] };
  });
  return unwrap(parseHashText(worldId));
}
