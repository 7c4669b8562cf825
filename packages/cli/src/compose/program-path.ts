/** Where the program `aos` is, for a process that is to run it again. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** As built, it lies beside this module; seen from the sources, in the folder of what is built. */
export function programPath(): string {
  const places = ['./main.js', '../../dist/main.js'].map((path) => new URL(path, import.meta.url));
  const found = places.map((url) => fileURLToPath(url)).find((path) => existsSync(path));
  return found ?? (process.argv[1] as string);
}
