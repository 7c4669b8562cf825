/** Where everything of one example world is, and what it is to have it open. */
import { join } from 'node:path';
import { Vault } from '@aos/adapters-vault';
import type { LogLevel } from '@aos/host';
import type { WorldAccess } from '@aos/protocol';

/** Laid out as the command `aos` does it. */
export interface WorldPlace {
  /** Authoring folder. */
  readonly folder: string;
  /** Directory of the world. */
  readonly world: string;
  /** Private keys and the vault; never inside the world. */
  readonly aosHome: string;
}

/** A world that is open for writing, and what can be asked of it. */
export interface LiveWorld {
  readonly access: WorldAccess;
  /** Where it lives, if that is not here. */
  readonly home?: string;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Writes the log of the world to standard error, from this level up. */
  readonly log?: LogLevel | undefined;
}

/** Journal and objects. */
export const storeOf = ({ world }: WorldPlace): string => join(world, '.aos');

export const vaultOf = ({ aosHome }: WorldPlace): Vault =>
  new Vault({
    file: join(aosHome, 'vault', 'secrets'),
    keyFile: join(aosHome, 'keys', 'vault.key'),
  });
