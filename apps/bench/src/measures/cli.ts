/** A cold process from its start to its end: the first event of a new world. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Measure } from '../measure.js';
import { exampleDir } from './counter-world.js';
import { withScratchDir } from './scratch.js';

const cli = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));

function aos(home: string, ...args: string[]): number {
  const env = { ...process.env, AOS_HOME: home };
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`aos ${args.join(' ')}: ${stderr}`);
  return performance.now() - startedAt;
}

function firstEventMs(): Promise<number> {
  return withScratchDir((dir) => {
    const world = join(dir, 'world');
    const home = join(dir, 'home');
    aos(home, 'init', world, '--from', exampleDir);
    const event = ['event', 'send', 'demo/CounterEvent@1', '{"Start":{"target":3}}'];
    return aos(home, '--world', world, ...event);
  });
}

export const measures: readonly Measure[] = [
  { name: 'cli.first-event', unit: 'ms', run: firstEventMs },
];
