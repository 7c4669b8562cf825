import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { readMembers } from './tooling/members.mjs';
import { propertySeed } from './tooling/property-seed.mjs';
import { readmeExamples } from './tooling/readme-examples.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
const members = readMembers(root);
const large = process.env.AOS_DRILL === 'large';

/** Tests run from source: every @aos name resolves to the source of its entry, never to dist. */
export const alias = [
  { find: '#platform', replacement: `${root}packages/canon/src/platform-node.ts` },
  ...members.flatMap(({ doors }) =>
    Object.entries(doors).map(([name, file]) => ({
      find: new RegExp(`^${name}$`),
      replacement: `${root}${file}`,
    })),
  ),
];

/** Tests of conformance need data from outside the repository: without it they do not exist. */
const exclude = ['**/node_modules/**', '**/dist/**'];
if (!process.env.AOS_CONFORMANCE) exclude.push('**/*conformance.test.ts');
/** So do those that need a browser. */
if (!process.env.AOS_BROWSER) exclude.push('**/*.browser.test.ts');
/** And those that need a terminal. */
if (!process.env.AOS_TMUX) exclude.push('**/*.terminal.test.ts');

const project = (
  name: string,
  include: string[],
  plugins: TestProjectInlineConfiguration['plugins'] = [],
): TestProjectInlineConfiguration => ({
  plugins: [propertySeed(process.env.AOS_PROPERTY_SEED), ...(plugins ?? [])],
  resolve: { alias },
  test: { name, include, exclude, testTimeout: large ? 7_200_000 : 120_000 },
});

export default defineConfig({
  test: {
    // Every core: left alone, vitest keeps one of them for itself, half of a small machine.
    maxWorkers: '100%',
    projects: [
      ...members.map(({ dir, name }) =>
        project(name, [`${dir}/src/**/*.test.ts`, `${dir}/test/**/*.test.ts`]),
      ),
      project('tooling', ['tooling/**/*.test.ts'], [readmeExamples(`${root}packages`)]),
    ],
  },
});
