/** The entry of the bundle: scenarios by name, where the test finds them. */
import { playCounter, playJournal, playSeeds } from './scenario.js';

Object.assign(globalThis, { aos: { playCounter, playJournal, playSeeds } });
