/** Plays a rung: found a world, tell the story, reopen, show what was done outside, replay. */
import { dirname } from 'node:path';
import { exampleFolder } from '../places.js';
import { checkOutside, checkReplay, printEffects } from './evidence.js';
import { ExampleWorld } from './example-world.js';
import { openDaemon } from './open-daemon.js';
import { openHere } from './open-here.js';
import type { Print } from './print.js';
import type { Rung } from './rung.js';
import { expectEqual, Stage } from './stage.js';
import type { OpenOptions, WorldPlace } from './world-place.js';

export interface PlayOptions extends OpenOptions {
  /** Leaves the world where it is, with its keys, to be looked at. */
  readonly keep?: boolean;
  /** Decides what a story leaves to chance; by chance itself where it is not given. */
  readonly seed?: number;
}

/** Beyond every seed that is given by chance. */
const SEEDS = 2 ** 31;

export async function playRung(rung: Rung, print: Print, options: PlayOptions = {}): Promise<void> {
  print(`Running example ${rung.folder.slice(0, 2)}: ${rung.title} (${rung.slug})`);
  const indented: Print = (line) => print(`   ${line}`);
  const world = await ExampleWorld.found(exampleFolder(rung.folder));
  try {
    const open = rung.lives === 'daemon' ? openDaemon : openHere;
    const { seed = Math.floor(Math.random() * SEEDS) } = options;
    const openIt = (place: WorldPlace) => open(place, options);
    const stage = new Stage(world, openIt, { print: indented, seed });
    try {
      await rung.play(stage).catch((cause: Error) => {
        throw new Error(`${cause.message} (with --seed ${seed})`, { cause });
      });
      await checkReopening(stage);
      await printEffects(stage);
    } finally {
      await stage.close();
    }
    await showProof(world, indented, options);
  } finally {
    if (options.keep !== true) await world.remove();
  }
}

/** The servers are down by now; the keys go as well, and replay needs none of them. */
async function showProof(world: ExampleWorld, print: Print, { keep = false }: PlayOptions) {
  if (!keep) await world.forgetKeys();
  const { aosHome, world: dir } = world.place;
  await world.inspect((store) => checkOutside(store, dirname(dir)));
  await world.inspect((store) => checkReplay(store, print));
  if (keep) print(`kept: AOS_HOME=${aosHome} npm run aos -- --world ${dir} status`);
}

/** A world that is opened again is where it was, and asks nobody anything twice. */
async function checkReopening(stage: Stage): Promise<void> {
  const before = [await stage.ask('journal.head', {}), stage.requests];
  await stage.reopen();
  await stage.settle();
  expectEqual([await stage.ask('journal.head', {}), stage.requests], before);
}
