/** `aos build`: everything of an authoring folder that is made from sources. */
import { findSource } from '../../air-files.js';
import { buildAuthored } from '../../dev/author-build.js';
import { buildReducers } from '../../dev/reducer-build.js';
import type { Answer } from '../../output.js';

/** Writes `air/` from `world.*`, where there is one, and `modules/` from reducers. */
export async function buildFolder(dir: string): Promise<Answer> {
  const source = findSource(dir);
  const written = source === undefined ? [] : await buildAuthored(source);
  const built = await buildReducers(dir);
  const files = [
    ...written.map((path) => `air/${path}`),
    ...built.map((name) => `modules/${name}.wasm`),
  ];
  return {
    data: { air: [...written], modules: [...built] },
    lines: files.length === 0 ? ['all of it is as its sources make it'] : files.map(wrote),
  };
}

const wrote = (path: string) => `wrote  ${path}`;
