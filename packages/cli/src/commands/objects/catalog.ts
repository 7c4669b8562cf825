/** The catalogue of objects as its cells say it: versions of each name. */
import type { PlainRecord, PlainValue } from '@aos/protocol';
import type { Asked } from '../../access/with-access.js';
import { CliError } from '../../output.js';

export const CATALOG = 'sys/ObjectCatalog@1';

/** One version of an object. */
export interface ObjectVersion {
  readonly name: string;
  readonly version: number;
  readonly kind: string;
  readonly hash: string;
  readonly tags: readonly string[];
  readonly owner: string;
  /** Nanoseconds since 1970. */
  readonly created_ns: bigint;
}

/** All versions of one name, the latest last. */
export type Versions = readonly [ObjectVersion, ...ObjectVersion[]];

/**
 * The version that is asked for, else the latest. Codes: `object-unknown`,
 * `object-version-unknown`.
 */
export async function findObject(
  asked: Asked,
  name: string,
  version: number | undefined,
): Promise<ObjectVersion> {
  const { state } = await asked.call('state.get', { reducer: CATALOG, key: name });
  if (state === null) {
    throw new CliError('object-unknown', `no object '${name}'; aos obj ls lists those there are`);
  }
  const versions = versionsOf(name, state);
  if (version === undefined) return latestOf(versions);
  const found = versions.find((each) => each.version === version);
  if (found !== undefined) return found;
  const { version: latest } = latestOf(versions);
  const message = `'${name}' has no version ${version}; its versions are 1 to ${latest}`;
  throw new CliError('object-version-unknown', message);
}

/** The versions that a cell of the catalogue holds. */
export function versionsOf(name: string, state: PlainValue): Versions {
  const { versions } = state as unknown as {
    readonly versions: readonly (readonly [number, PlainRecord])[];
  };
  return versions.map(([version, meta]) => versionOf(name, version, meta)) as unknown as Versions;
}

export const latestOf = (versions: Versions): ObjectVersion => versions.at(-1) ?? versions[0];

function versionOf(name: string, version: number, meta: PlainRecord): ObjectVersion {
  return {
    ...{ name, version, kind: meta.kind as string, hash: meta.hash as string },
    ...{ tags: meta.tags as readonly string[], owner: meta.owner as string },
    created_ns: BigInt(meta.created_at as number | bigint),
  };
}

/** One line for people. */
export function printObject({ name, version, kind, hash, tags }: ObjectVersion): string {
  const marked = tags.map((tag) => `  #${tag}`).join('');
  return `${name}  v${version}  ${kind}  ${hash}${marked}`;
}
