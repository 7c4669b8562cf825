/** A rung of the ladder: a small world, and a story that is played in it. */
import type { Stage } from './stage.js';

export interface Rung {
  readonly slug: string;
  readonly title: string;
  /** Folder below `examples/`. */
  readonly folder: string;
  /** Source of each module's code, from the folder and without ending, by the module's name. */
  readonly modules: Readonly<Record<string, string>>;
  /** `daemon`: in a process of its own, behind a socket. Default `here`. */
  readonly lives?: 'daemon' | 'here';
  /** Plays the story. Throws when it does not come out as it should. */
  play(stage: Stage): Promise<void>;
}
