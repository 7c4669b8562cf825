/** A rung of the ladder: a small world, and a story that is played in it. */
import type { Stage } from './stage.js';

/** AIR that somebody has written, with the code that is made for it. */
export interface Authored {
  /** Folder below `examples/`. */
  readonly folder: string;
  /** Source of each module's code, from the folder and without ending, by the module's name. */
  readonly modules: Readonly<Record<string, string>>;
}

export interface Rung extends Authored {
  readonly slug: string;
  readonly title: string;
  /** What the world is to become in the course of the story. */
  readonly changes?: readonly Authored[];
  /** `daemon`: in a process of its own, behind a socket. Default `here`. */
  readonly lives?: 'daemon' | 'here';
  /** Plays the story. Throws when it does not come out as it should. */
  play(stage: Stage): Promise<void>;
}

/** All that is written for a rung. */
export const authoredOf = (rung: Rung): readonly Authored[] => [rung, ...(rung.changes ?? [])];
