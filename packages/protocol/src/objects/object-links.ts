/** What objects refer to, for whoever keeps or takes along all that belongs together. */
import type { Hash } from '@aos/canon';
import { decodeBlobList, isBlobList } from './blob-list.js';
import { decodeTree, isTree } from './tree.js';

/**
 * The objects that an object names by its form: entries of a directory, pieces of a blob. An object
 * that only begins as those do names nothing.
 */
export function objectLinks(bytes: Uint8Array): readonly Hash[] {
  if (isBlobList(bytes)) return decodeBlobList(bytes)?.pieces ?? [];
  if (!isTree(bytes)) return [];
  const tree = decodeTree(bytes);
  return tree.ok ? tree.value.map(({ hash }) => hash) : [];
}
