/** Where the conformance data stands; it is read in place and never copied. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const sibling = fileURLToPath(new URL('../../../../shared/conformance', import.meta.url));
const root = process.env.AOS_CONFORMANCE ?? sibling;

export const conformanceFound = existsSync(root);

export function readConformance<T>(name: string): T {
  return JSON.parse(readFileSync(`${root}/${name}`, 'utf8')) as T;
}
