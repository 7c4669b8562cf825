/**
 * A vault: secrets of worlds in versions, each version put once and never changed.
 *
 * V1 A world sees its own names only. A fork or import of a world is another world.
 * V2 The same intent puts one version, however often it is started.
 * V3 Rotating to a version erases the values of those below it; it is the only thing that erases.
 * V4 What cannot be is a refusal; what disk and files do is an `AosFault`. Neither says anything of
 *    a value.
 */
import { bytesEqual, type Hash, ok, type Result, refuse } from '@aos/canon';
import { openValue, type SealContext } from '../crypto/sealed-value.js';
import {
  entryOf,
  type VaultContent,
  type VaultEntry,
  type VaultPlace,
  type VaultVersion,
  withEntry,
} from './vault-content.js';
import { VaultFile, type VaultPaths } from './vault-file.js';

/** A version, without its value. */
export interface VaultListing extends VaultPlace {
  readonly version: number;
  readonly digest: Hash;
  readonly isRetired: boolean;
}

export interface PutRequest extends VaultPlace {
  readonly value: Uint8Array;
  /** The value must have this keyed digest. */
  readonly expectedDigest?: Hash;
  readonly putBy?: Hash;
}

export interface RotateRequest extends VaultPlace {
  readonly version: number;
  readonly expectedDigest?: Hash;
}

export interface VersionDigest {
  readonly version: number;
  readonly digest: Hash;
}

/** Shorter values cannot be told from chance where they must not show. */
export const MIN_SECRET_BYTES = 8;
export const MAX_SECRET_BYTES = 1 << 16;
const NAME = /^[a-z0-9][a-z0-9._/-]{0,127}$/;
/** Most versions of one name. */
const MAX_VERSIONS = 10_000;

export class Vault {
  readonly #file: VaultFile;

  /** Nothing is read or made before it is needed. */
  constructor(paths: VaultPaths) {
    this.#file = new VaultFile(paths);
  }

  /** The key that values are sealed to. */
  async publicKey(): Promise<Uint8Array> {
    return (await this.#file.ensureKeys()).publicKey;
  }

  /** The keyed digest that `expected_digest` of this vault's worlds names a value by. */
  async digest(value: Uint8Array): Promise<Hash> {
    return (await this.#file.ensureKeys()).digest(value);
  }

  /** A sealed value. Refusal: `sealed-value-invalid`. */
  async open(context: SealContext, sealed: Uint8Array): Promise<Result<Uint8Array>> {
    const keys = await this.#file.ensureKeys();
    const value = openValue(keys, context, sealed);
    if (value !== undefined) return ok(value);
    const detail =
      'expected a value sealed to the key of this vault, for this world, alias and binding; ' +
      'seal it anew';
    return refuse('sealed-value-invalid', '', detail);
  }

  /** Refusals: `secret-unavailable`, `secret-retired`. */
  async read(place: VaultPlace, version: number | bigint): Promise<Result<Uint8Array>> {
    const found = versionOf(await this.#file.read(), place, version);
    if (!found.ok) return found;
    const { value } = found.value;
    return value === null ? retired(place, version) : ok(value.slice());
  }

  /**
   * Adds the next version of a name. Refusals: `secret-name-invalid`, `secret-too-short`,
   * `secret-too-large`, `secret-digest-mismatch`, `secret-versions-exceeded`.
   */
  async put({
    value,
    expectedDigest,
    putBy,
    ...place
  }: PutRequest): Promise<Result<VersionDigest>> {
    const problem = checkValue(place, value);
    if (problem !== undefined) return problem;
    return this.#file.change<Result<VersionDigest>>((content, keys) => {
      const digest = keys.digest(value);
      const versions = entryOf(content, place)?.versions ?? [];
      const known = putBy && versions.find((each) => each.putBy && bytesEqual(each.putBy, putBy));
      if (known) return { content: undefined, answer: ok(pick(known)) };
      const refusal = checkDigest(place, digest, expectedDigest) ?? checkCount(place, versions);
      if (refusal !== undefined) return { content: undefined, answer: refusal };
      const version = versions.length + 1;
      const added = { version, digest, value: value.slice(), putBy: putBy ?? null };
      const entry: VaultEntry = { ...place, versions: [...versions, added] };
      return { content: withEntry(content, entry), answer: ok({ version, digest }) };
    });
  }

  /**
   * Makes a version the oldest that resolves: values below it are erased. Refusals:
   * `secret-unavailable`, `secret-retired`, `secret-digest-mismatch`.
   */
  async rotate({ version, expectedDigest, ...place }: RotateRequest) {
    return this.#file.change<Result<VersionDigest>>((content) => {
      const found = versionOf(content, place, version);
      if (!found.ok) return { content: undefined, answer: found };
      const refusal =
        found.value.value === null
          ? retired(place, version)
          : checkDigest(place, found.value.digest, expectedDigest);
      if (refusal !== undefined) return { content: undefined, answer: refusal };
      return { content: retireBelow(content, place, version), answer: ok(pick(found.value)) };
    });
  }

  /** Every version, of one world or of all, by name. */
  async list(worldId?: Hash): Promise<readonly VaultListing[]> {
    const content = await this.#file.read();
    return content
      .filter((entry) => worldId === undefined || bytesEqual(entry.worldId, worldId))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap(({ versions, ...place }) =>
        versions.map((each) => ({ ...place, ...pick(each), isRetired: each.value === null })),
      );
  }
}

function versionOf(
  content: VaultContent,
  place: VaultPlace,
  version: number | bigint,
): Result<VaultVersion> {
  const versions = entryOf(content, place)?.versions ?? [];
  const found = versions.find((each) => BigInt(each.version) === BigInt(version));
  if (found !== undefined) return ok(found);
  const has = versions.length === 0 ? 'none' : `versions 1 to ${versions.length}`;
  const detail = `expected version ${version} of vault:${place.name} in this world, found ${has}`;
  return refuse('secret-unavailable', '', detail);
}

/** The content, or undefined when there is nothing below to erase. */
function retireBelow(
  content: VaultContent,
  place: VaultPlace,
  version: number,
): VaultContent | undefined {
  const versions = entryOf(content, place)?.versions ?? [];
  const isOld = (each: VaultVersion) => each.version < version && each.value !== null;
  if (!versions.some(isOld)) return undefined;
  const kept = versions.map((each) => (isOld(each) ? { ...each, value: null } : each));
  return withEntry(content, { ...place, versions: kept });
}

function checkValue({ name }: VaultPlace, value: Uint8Array) {
  if (!NAME.test(name)) {
    const detail = `expected at most 128 of a–z, 0–9, '.', '_', '-' and '/', found ${name}`;
    return refuse('secret-name-invalid', '', detail);
  }
  if (value.length < MIN_SECRET_BYTES) {
    const detail = `expected a value of at least ${MIN_SECRET_BYTES} bytes; make it longer`;
    return refuse('secret-too-short', '', detail);
  }
  if (value.length <= MAX_SECRET_BYTES) return undefined;
  const detail = `expected a value of at most ${MAX_SECRET_BYTES} bytes; keep files elsewhere`;
  return refuse('secret-too-large', '', detail);
}

function checkDigest({ name }: VaultPlace, digest: Hash, expected: Hash | undefined) {
  if (expected === undefined || bytesEqual(digest, expected)) return undefined;
  const detail = `the value for vault:${name} has another digest than expected; repair one of them`;
  return refuse('secret-digest-mismatch', '', detail);
}

function checkCount({ name }: VaultPlace, versions: readonly VaultVersion[]) {
  if (versions.length < MAX_VERSIONS) return undefined;
  const detail = `vault:${name} has ${MAX_VERSIONS} versions; use another name`;
  return refuse('secret-versions-exceeded', '', detail);
}

function retired({ name }: VaultPlace, version: number | bigint) {
  const detail = `version ${version} of vault:${name} was rotated out; refer to a later one`;
  return refuse('secret-retired', '', detail);
}

function pick({ version, digest }: VaultVersion): VersionDigest {
  return { version, digest };
}
