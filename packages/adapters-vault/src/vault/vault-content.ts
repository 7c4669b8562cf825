/**
 * What a vault holds: values by world, name and version. Persistent data; a change makes another
 * content.
 */
import {
  asHash,
  bytesEqual,
  decode,
  type Encodable,
  encode,
  type Hash,
  type Value,
} from '@aos/canon';

/** A name in the vault of one world. */
export interface VaultPlace {
  readonly worldId: Hash;
  /** What stands behind `vault:` in a binding. */
  readonly name: string;
}

export interface VaultVersion {
  readonly version: number;
  /** Keyed digest of the value. */
  readonly digest: Hash;
  /** Null once a later version has taken its place. */
  readonly value: Uint8Array | null;
  /** The intent that put it, for which it is put once; null when people did. */
  readonly putBy: Hash | null;
}

export interface VaultEntry extends VaultPlace {
  /** From version 1 on, none left out. */
  readonly versions: readonly VaultVersion[];
}

export type VaultContent = readonly VaultEntry[];

const FORMAT = 0;

export function entryOf(content: VaultContent, place: VaultPlace): VaultEntry | undefined {
  return content.find((entry) => isAt(entry, place));
}

/** The content with this entry in the place of the one that stood there. */
export function withEntry(content: VaultContent, entry: VaultEntry): VaultContent {
  return [...content.filter((each) => !isAt(each, entry)), entry];
}

function isAt(entry: VaultEntry, { worldId, name }: VaultPlace): boolean {
  return entry.name === name && bytesEqual(entry.worldId, worldId);
}

export function encodeContent(content: VaultContent): Uint8Array {
  const entries = content.map(
    ({ worldId, name, versions }): Encodable => [
      worldId,
      name,
      versions.map(({ digest, value, putBy }): Encodable => [digest, value, putBy]),
    ],
  );
  return encode({ format: FORMAT, entries });
}

/** Undefined for what {@link encodeContent} does not write. */
export function decodeContent(bytes: Uint8Array): VaultContent | undefined {
  const decoded = decode(bytes);
  const fields = decoded.ok && decoded.value instanceof Map ? decoded.value : undefined;
  const entries = fields?.get('entries');
  if (fields?.get('format') !== FORMAT || !Array.isArray(entries)) return undefined;
  try {
    return entries.map(readEntry);
  } catch (cause) {
    if (cause instanceof TypeError) return undefined;
    throw cause;
  }
}

function readEntry(item: Value): VaultEntry {
  const [world, name, versions] = listOf(item, 3);
  if (typeof name !== 'string') throw new TypeError('name');
  const read = listOf(versions).map((each, i): VaultVersion => {
    const [digest, value, putBy] = listOf(each, 3);
    return {
      version: i + 1,
      digest: hashIn(digest),
      value: value === null ? null : bytesIn(value),
      putBy: putBy === null ? null : hashIn(putBy),
    };
  });
  return { worldId: hashIn(world), name, versions: read };
}

function listOf(item: Value | undefined, length?: number): readonly Value[] {
  if (!Array.isArray(item)) throw new TypeError('list');
  if (length !== undefined && item.length !== length) throw new TypeError('length');
  return item;
}

function bytesIn(item: Value | undefined): Uint8Array {
  if (item instanceof Uint8Array) return item.slice();
  throw new TypeError('bytes');
}

function hashIn(item: Value | undefined): Hash {
  const bytes = bytesIn(item);
  if (bytes.length !== 32) throw new TypeError('hash');
  return asHash(bytes);
}
