/**
 * The two names that a rewind changes, and what is left to do where only the first was.
 *
 * 1. The journal as it becomes is whole and durable under REWOUND_FOLDER before anything else.
 * 2. Then the journal that was is renamed away: from here on the rewind has happened.
 * 3. Then the new one gets its name; whoever opens the world does that where it was not done.
 */
import { join } from 'node:path';
import { asFault } from '../faults.js';
import { JOURNAL_FOLDER } from '../log/segment.js';
import type { StoreFs } from '../port.js';

/** The journal as a rewind leaves it, whole, until it gets its name. */
export const REWOUND_FOLDER = 'journal.rewound';

/** Whether the journal that was is away and the new one has no name yet. */
export function isUnfinishedRewind(names: readonly string[]): boolean {
  return names.includes(REWOUND_FOLDER) && !names.includes(JOURNAL_FOLDER);
}

/** Ends a rewind that was broken off; the lock of the directory is held. */
export async function finishRewind(fs: StoreFs, directory: string): Promise<void> {
  await asFault('finish the rewind', async () => {
    if (!isUnfinishedRewind(fs.list(directory) ?? [])) return;
    fs.rename(join(directory, REWOUND_FOLDER), join(directory, JOURNAL_FOLDER));
    await fs.syncDirectory(directory);
  });
}
