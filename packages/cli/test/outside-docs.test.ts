/** What docs/attestations.md and docs/replay-in-ci.md show is what runs. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { writeBuild } from './other-builds.js';
import { asShown, REPOSITORY, runShown, shownCommands } from './shown-commands.js';

const saved = process.env.AOS_HOME;
/** Long, for a machine that has other things to do. */
const SLOW_MS = 120_000;
vi.setConfig({ testTimeout: SLOW_MS, hookTimeout: SLOW_MS });
let root = '';
let place = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'aos-outside-docs-'));
  process.env.AOS_HOME = join(root, 'home');
});
afterAll(() => {
  if (saved === undefined) delete process.env.AOS_HOME;
  else process.env.AOS_HOME = saved;
  rmSync(root, { recursive: true, force: true });
});

/** The folder in which the commands of a page are given. */
function begin(name: string): void {
  place = join(root, name);
  for (const example of ['00-counter', '01-hello-timer']) {
    for (const part of ['air', 'modules']) {
      const from = join('examples', example, part);
      cpSync(join(REPOSITORY, from), join(place, from), { recursive: true });
    }
  }
}

const FILE = /^(?:shop|shy|now|examples\/.*|builds\/.*|.*\.(?:json|bundle|pem|sig))$/;
const stage = () => ({ root: place, isFile: (word: string) => FILE.test(word) });

async function checkPage(page: string): Promise<void> {
  for (const { command, says } of shownCommands(page)) {
    if (command.startsWith('openssl') && !hasOpenssl) continue;
    const given = command.replace('tooling/', `${REPOSITORY}tooling/`);
    const { text } = await runShown(given, stage());
    expect(text.trim(), command).toMatch(asShown(says));
  }
}

const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;

it('docs/attestations.md', async () => {
  begin('attestations');
  await checkPage('docs/attestations.md');
});

it('docs/replay-in-ci.md', async () => {
  begin('replay');
  cpSync(join(place, 'examples/00-counter'), join(place, 'shy'), { recursive: true });
  const manifest = join(place, 'shy/air/manifest.air.json');
  const { routing: _, ...rest } = JSON.parse(readFileSync(manifest, 'utf8'));
  writeFileSync(manifest, JSON.stringify(rest));
  await writeBuild(join(place, 'builds/next'));
  await checkPage('docs/replay-in-ci.md');
});
