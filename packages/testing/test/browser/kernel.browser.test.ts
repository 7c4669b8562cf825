/**
 * The kernel in a browser. The bundle is what somebody would build who installs the packages: it
 * resolves them by their `exports` and `imports`, for a browser, from what was built.
 */
import { fileURLToPath } from 'node:url';
import { toBase64 } from '@aos/canon';
import { readAuthoringFolder } from '@aos/host';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { journalNames, readJournal } from '../golden/journal-file.js';
import { type Page, withPage } from './chromium.js';
import { type Folder, playCounter, playSeeds, type Run } from './scenario.js';

const program = process.env.AOS_BROWSER ?? 'chromium';
const entry = fileURLToPath(new URL('./page.ts', import.meta.url));
const counterFolder = fileURLToPath(new URL('../../../../examples/00-counter', import.meta.url));

function readCounter(): Folder {
  const { documents, modules } = readAuthoringFolder(counterFolder);
  const base64 = [...modules].map(([name, bytes]) => [name, toBase64(bytes)]);
  return { documents, modules: Object.fromEntries(base64) };
}

async function bundle(): Promise<{ text: string; inputs: readonly string[] }> {
  const built = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'chrome109',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const text = built.outputFiles[0]?.text ?? '';
  return { text, inputs: Object.keys(built.metafile.inputs) };
}

/** Worlds of all kinds; how many is a matter of seconds. */
const SEEDS = { first: 0, count: 40 };

/** 6a09e667, the first word of the initial state (FIPS 180-4 §5.3.3). */
const SHA256_START = '1779033703';

const { text, inputs } = await bundle();

/** Runs one scenario in a page of its own. */
function inBrowser<T>(scenario: string, input: unknown, script = text): Promise<T> {
  return withPage(program, async (page: Page) => {
    await page.evaluate(script);
    return (await page.evaluate(`aos.${scenario}(${JSON.stringify(input)})`)) as T;
  });
}

describe('the bundle for a browser', () => {
  it('is made of the portable platform and of built packages', () => {
    expect(inputs.some((path) => path.endsWith('/platform-portable.js'))).toBe(true);
    expect(inputs.filter((path) => path.includes('platform-node'))).toEqual([]);
    expect(inputs.filter((path) => /packages\/(?!testing\/)[\w-]+\/src\//.test(path))).toEqual([]);
  });

  it('names nothing of Node', () => {
    expect(text).not.toMatch(/["']node:/);
  });
});

describe('a world in Chromium', () => {
  it('reaches the hashes that it reaches in Node, and replays to itself', async () => {
    const counter = readCounter();
    const expected = playCounter(counter);
    const found = await inBrowser<Run>('playCounter', counter);
    console.log(`chromium: world ${found.worldHash} after ${found.steps.length} inputs`);
    expect(found).toEqual(expected);
    expect(found.replayed).toBe(found.worldHash);
  });

  it.each(journalNames())('reaches every world of the golden journal %s', async (name) => {
    const journal = readJournal(name);
    const found = await inBrowser<string[]>('playJournal', journal);
    expect(found).toEqual([...Object.values(journal?.snapshots ?? {}), journal?.world]);
  });

  it(`lives ${SEEDS.count} seeds of the drill to the same worlds`, async () => {
    const found = await inBrowser<string[]>('playSeeds', SEEDS);
    expect(found).toEqual(playSeeds(SEEDS));
  });

  it('canary: a page whose SHA-256 begins from another number is found out', async () => {
    expect(text).toContain(SHA256_START);
    const broken = text.replace(SHA256_START, '1779033704');
    const found = await inBrowser<Run>('playCounter', readCounter(), broken).catch(() => undefined);
    expect(found?.worldHash).not.toBe(playCounter(readCounter()).worldHash);
  });
});
