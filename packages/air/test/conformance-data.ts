/** Reads the measured data of AIR v1 in place: it lives beside the repository, not in it. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const sibling = fileURLToPath(new URL('../../../../shared/conformance', import.meta.url));
const folder = process.env.AOS_CONFORMANCE ?? sibling;

export function readConformance(path: string): string {
  return readFileSync(`${folder}/${path}`, 'utf8');
}

/** The authored files of one example world. */
export function exampleDocuments(example: string): { path: string; text: string }[] {
  const files = readdirSync(`${folder}/examples/${example}/air`).sort();
  return files.map((path) => ({ path, text: readConformance(`examples/${example}/air/${path}`) }));
}
