/** Folders of the repository, as seen from `src` and `dist` alike. */
import { fileURLToPath } from 'node:url';

/** A folder below `examples/`. */
export const exampleFolder = (name: string): string =>
  fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));

/** A folder of the package that compiles reducers. */
export const sdkFolder = (name: string): string =>
  fileURLToPath(new URL(`../../../packages/reducer-sdk/${name}`, import.meta.url));

/** What judges bundles without our code. */
export const outsideVerifier = new URL('../../../tooling/verifier/verify.mjs', import.meta.url)
  .href;

/** The command `aos`, as built. */
export const aosProgram = fileURLToPath(
  new URL('../../../packages/cli/dist/main.js', import.meta.url),
);
