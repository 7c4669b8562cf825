/**
 * Where the values of secrets are, by what a binding begins with:
 *
 * | binding | value |
 * |---|---|
 * | `env:NAME` | an environment variable |
 * | `file:name` | a file of mode 0600 in one folder, without the line end behind it |
 * | `vault:name` | the version in the vault of the world |
 *
 * Only a vault has versions; elsewhere each version has a binding of its own. Only what lies in a
 * vault belongs to one world: variables and files are for the worlds that are allowed them.
 */
import { join } from 'node:path';
import { bytesEqual, ok, type Result, refuse, toHashText, utf8 } from '@aos/canon';
import { AosFault, type SecretRequest, type SecretSource } from '@aos/protocol';
import { readPrivate } from './files/private-file.js';
import { MAX_SECRET_BYTES, type Vault } from './vault/vault.js';

/** Bindings as `env:NAME` and `file:name` by the world that may use them, `*` for every world. */
export type AllowedBindings = Readonly<Record<string, readonly string[]>>;

export interface SecretSourceOptions {
  /** Variables that secrets may be bound to. Left out: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folder of the files that secrets may be bound to. Left out: none. */
  readonly folder?: string;
  /** Which variables and files are for which world. Left out: none for any. */
  readonly allowed?: AllowedBindings;
  /** Where the one who runs worlds says so, for messages. */
  readonly allowedIn?: string;
  /** Also the key of digests: without it a secret with `expected_digest` is unavailable. */
  readonly vault?: Vault;
}

const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Refusals: `secret-unavailable`, `secret-binding-denied`, `secret-binding-unknown`,
 * `secret-digest-mismatch`,
 * `secret-retired`, and the codes of what is wrong with files.
 */
export function createSecretSource(options: SecretSourceOptions): SecretSource {
  return {
    async resolve(request) {
      try {
        const found = await resolveBinding(request, options);
        return found.ok ? await checkDigest(found.value, request, options) : found;
      } catch (cause) {
        if (cause instanceof AosFault) return refuse(cause.code, '', cause.message);
        throw cause;
      }
    },
  };
}

async function resolveBinding(
  request: SecretRequest,
  options: SecretSourceOptions,
): Promise<Result<Uint8Array>> {
  const { env = {}, folder, vault } = options;
  const { bindingId, worldId, version } = request;
  const at = bindingId.indexOf(':');
  const name = bindingId.slice(at + 1);
  switch (bindingId.slice(0, Math.max(at, 0))) {
    case 'env':
      return isAllowed(request, options) ? readVariable(env, name) : denied(request, options);
    case 'file':
      return isAllowed(request, options) ? readFile(folder, name) : denied(request, options);
    case 'vault':
      return vault?.read({ worldId, name }, version) ?? unavailable('there is no vault here');
    default: {
      const detail = `expected a binding env:NAME, file:name or vault:name, found ${bindingId}`;
      return refuse('secret-binding-unknown', '', detail);
    }
  }
}

function isAllowed({ worldId, bindingId }: SecretRequest, { allowed = {} }: SecretSourceOptions) {
  const names = [toHashText(worldId), '*'].filter((name) => Object.hasOwn(allowed, name));
  return names.some((name) => allowed[name]?.includes(bindingId));
}

function denied(
  { worldId, bindingId }: SecretRequest,
  { allowedIn = 'the option `allowed`' }: SecretSourceOptions,
): Result<Uint8Array> {
  const world = toHashText(worldId);
  const add = `{${JSON.stringify(world)}: [${JSON.stringify(bindingId)}]}`;
  const detail = `${bindingId} is not for this world; if it should be, add ${add} to ${allowedIn}`;
  return refuse('secret-binding-denied', '', detail);
}

function readVariable(env: NonNullable<SecretSourceOptions['env']>, name: string) {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined || value === '') {
    return unavailable(`the variable ${name} is not set for worlds here; set it`);
  }
  return ok(utf8(value));
}

async function readFile(folder: string | undefined, name: string): Promise<Result<Uint8Array>> {
  if (folder === undefined) return unavailable('there is no folder of secrets here');
  if (!FILE_NAME.test(name)) {
    const detail = `expected the plain name of a file behind file:, found ${name}`;
    return refuse('secret-binding-unknown', '', detail);
  }
  const path = join(folder, name);
  // one byte of line end, or two
  const bytes = await readPrivate(path, MAX_SECRET_BYTES + 2);
  if (bytes === undefined) return unavailable(`there is no file '${path}'; make it, mode 0600`);
  return ok(bytes.subarray(0, endOf(bytes)));
}

function endOf(bytes: Uint8Array): number {
  const { length } = bytes;
  if (bytes[length - 1] !== LINE_FEED) return length;
  return bytes[length - 2] === CARRIAGE_RETURN ? length - 2 : length - 1;
}

async function checkDigest(
  value: Uint8Array,
  { alias, version, expectedDigest }: SecretRequest,
  { vault }: SecretSourceOptions,
): Promise<Result<Uint8Array>> {
  if (expectedDigest === undefined) return ok(value);
  if (vault === undefined) return unavailable('a digest is expected, and there is no vault here');
  if (bytesEqual(await vault.digest(value), expectedDigest)) return ok(value);
  const detail = `${alias}@${version} has another digest than the world expects; put it right`;
  return refuse('secret-digest-mismatch', '', detail);
}

function unavailable(why: string): Result<Uint8Array> {
  return refuse('secret-unavailable', '', why);
}
