/** `aos definition list`, `aos definition get` and `aos manifest`: what is in force. */
import { printJson } from '@aos/air';
import { withAccess } from '../../access/with-access.js';
import { dataOf } from '../../json-values.js';
import type { Answer } from '../../output.js';

export interface ListOptions {
  /** Kinds of definitions, as `defplan`. */
  readonly kind?: readonly string[];
  /** Beginning of the name. */
  readonly prefix?: string;
}

export async function listDefinitions(
  path: string,
  { kind, prefix }: ListOptions,
): Promise<Answer> {
  const args = {
    ...(kind === undefined ? {} : { kinds: kind }),
    ...(prefix === undefined ? {} : { prefix }),
  };
  return withAccess(path, 'read', async (asked) => {
    const found = await asked.call('definition.list', args);
    const lines = found.definitions.map((each) => `${each.kind}  ${each.name}  ${each.hash}`);
    return { data: dataOf(found), lines: lines.length > 0 ? lines : ['no such definitions'] };
  });
}

export async function getDefinition(
  path: string,
  name: string,
  options: { readonly kind?: string },
): Promise<Answer> {
  return withAccess(path, 'read', async (asked) => {
    const found = await asked.call('definition.get', { name, ...options });
    return {
      data: dataOf(found),
      lines: [printJson(dataOf(found.definition), { indent: 2 })],
    };
  });
}

export async function showManifest(path: string): Promise<Answer> {
  return withAccess(path, 'read', async (asked) => {
    const found = await asked.call('manifest.get', {});
    return {
      data: dataOf(found),
      lines: [found.hash, printJson(dataOf(found.manifest), { indent: 2 })],
    };
  });
}
