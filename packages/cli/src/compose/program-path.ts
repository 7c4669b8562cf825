/** Where the program `aos` and its threads are, for who is to run them. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** As built, it lies beside this module; seen from the sources, in the folder of what is built. */
export function programPath(): string {
  const path = fileURLToPath(builtFile('main.js'));
  return existsSync(path) ? path : (process.argv[1] as string);
}

/** A file of what is built. */
export function builtFile(name: string): URL {
  const places = [`./${name}`, `../../dist/${name}`].map((path) => new URL(path, import.meta.url));
  return places.find((url) => existsSync(url)) ?? (places[1] as URL);
}
