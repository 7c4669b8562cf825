/** Worlds as a daemon opens them: with their effects, watched by a log. */
import { Log, type LogLevel, logObserver, type OpenWorldHost, type WorldObserver } from '@aos/host';
import { newSharedParts, openHost } from './open-host.js';
import { spanObservers } from './spans.js';

export interface ServeOptions {
  /** Lines of this level and more pressing ones. */
  readonly level: LogLevel;
  /** Takes lines of the log. */
  readonly write: (line: string) => void;
  readonly allowMissing?: boolean;
}

export const newLog = ({ level, write }: ServeOptions): Log => new Log({ level, write });

/** How a daemon opens its worlds. */
export function openServed(log: Log, { allowMissing = false }: ServeOptions): OpenWorldHost {
  const shared = newSharedParts();
  return async (directory) => {
    const observers: readonly WorldObserver[] = [logObserver(log), ...(await spanObservers())];
    return openHost(directory, { effects: 'run', allowMissing, observers, shared });
  };
}
