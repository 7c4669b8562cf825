/** Plays a rung: found a world, tell the story, reopen, show what was done outside, replay. */
import { exampleFolder } from '../places.js';
import { checkReplay, printEffects } from './evidence.js';
import { ExampleWorld } from './example-world.js';
import { openDaemon } from './open-daemon.js';
import { openHere } from './open-here.js';
import type { Print } from './print.js';
import type { Rung } from './rung.js';
import { expectEqual, Stage } from './stage.js';
import type { OpenOptions } from './world-place.js';

export async function playRung(rung: Rung, print: Print, options: OpenOptions = {}): Promise<void> {
  print(`Running example ${rung.folder.slice(0, 2)}: ${rung.title} (${rung.slug})`);
  const indented: Print = (line) => print(`   ${line}`);
  const world = await ExampleWorld.found(exampleFolder(rung.folder));
  try {
    const open = rung.lives === 'daemon' ? openDaemon : openHere;
    const stage = await Stage.set(world, (place) => open(place, options), indented);
    try {
      await rung.play(stage);
      await checkReopening(stage);
      await printEffects(stage);
    } finally {
      await stage.close();
    }
    // servers are down by now; keys and vault go as well, and replay needs none of them
    await world.forgetKeys();
    await world.inspect((store) => checkReplay(store, indented));
  } finally {
    await world.remove();
  }
}

/** A world that is opened again is where it was, and asks nobody anything twice. */
async function checkReopening(stage: Stage): Promise<void> {
  const before = [await stage.ask('journal.head', {}), stage.requests];
  await stage.reopen();
  await stage.settle();
  expectEqual([await stage.ask('journal.head', {}), stage.requests], before);
}
