/** The faults of a store, each built in one place, so that code, advice and retry stay together. */
import { AosFault, adviceOnFormat } from '@aos/protocol';

/** Runs an action; what the file system throws or rejects with becomes `store-failed`. */
export async function asFault<T>(
  action: string,
  run: () => T | Promise<T>,
  advice = 'open the world again',
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof Error && 'errno' in error ? storeFailed(action, error, advice) : error;
  }
}

/** As {@link asFault}, where nothing is waited for. */
export function asFaultNow<T>(action: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const isOutside = error instanceof Error && 'errno' in error;
    throw isOutside ? storeFailed(action, error, 'open the world again') : error;
  }
}

/** Whether a file system failed with one of these codes. */
export function isErrorWith(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as { code?: string }).code ?? '');
}

/** A write that took less than all; like what a file system throws, it becomes a fault above. */
export class ShortWrite extends Error {
  override readonly name = 'ShortWrite';
  readonly errno = 0;

  constructor(takenBytes: number, sizeBytes: number) {
    super(`short write: ${takenBytes} of ${sizeBytes} bytes`);
  }
}

/** Two reads of the same bytes that do not agree; it becomes a fault as a short write does. */
export class UnsteadyRead extends Error {
  override readonly name = 'UnsteadyRead';
  readonly errno = 0;

  constructor(at: number) {
    super(`two reads of the bytes from ${at} on do not agree`);
  }
}

/** Where a log contradicts itself. Nothing is skipped or repaired: what is there stays as it is. */
export interface DamagePlace {
  readonly segment: number;
  /** Position in the segment file. */
  readonly offset: number;
  /** Sequence of the record at this place, or of the next one when another frame is there. */
  readonly seq: number;
}

/** Code `world-damaged`, retry `never`, with the place. */
export class WorldDamaged extends AosFault implements DamagePlace {
  readonly segment: number;
  readonly offset: number;
  readonly seq: number;

  constructor(found: string, place: DamagePlace, advice = 'restore the world from a copy') {
    super(
      'world-damaged',
      `damage in segment ${place.segment} at offset ${place.offset}, record ${place.seq}: ` +
        `${found}; ${advice}, nothing was changed`,
      { retry: 'never' },
    );
    this.segment = place.segment;
    this.offset = place.offset;
    this.seq = place.seq;
  }
}

export function worldNotFound(directory: string, found: string): AosFault {
  return new AosFault(
    'world-not-found',
    `expected a world (a directory with a journal folder) at ${directory}, found ${found}; ` +
      'check the path or create a world there',
    { retry: 'never' },
  );
}

export function worldExists(directory: string): AosFault {
  return new AosFault(
    'world-exists',
    `expected no world at ${directory}, found a journal folder; open it, or choose another place`,
    { retry: 'never' },
  );
}

export function worldLocked(directory: string): AosFault {
  return new AosFault(
    'world-locked',
    `another writer has the world at ${directory} open; stop it, or open for reading`,
    { retry: 'later' },
  );
}

export function unknownFormat(expected: number, found: unknown): AosFault {
  const message = `expected a journal of format ${expected}, found format ${found}`;
  return new AosFault('world-format', `${message}; ${adviceOnFormat(found)}`, { retry: 'never' });
}

export function writerFenced(): AosFault {
  return new AosFault(
    'writer-fenced',
    'another process has opened the world for writing; this one may no longer append: close it',
    { retry: 'never' },
  );
}

export function storeFailed(
  action: string,
  cause: unknown,
  advice = 'close the world and open it again',
): AosFault {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AosFault(
    'store-failed',
    `the store could not ${action}: ${reason}; see to the disk, then ${advice}`,
    { retry: 'later', cause },
  );
}

export function storeClosed(): AosFault {
  return new AosFault('store-closed', 'the store is closed; open the world again', {
    retry: 'never',
  });
}

export function recordPruned(seq: number, first: number): AosFault {
  return new AosFault(
    'record-pruned',
    `record ${seq} is not kept any more, the first one that is has sequence ${first}; ` +
      'ask for a later one, or look in the archive of the world',
    { retry: 'never' },
  );
}

export function pruneRefused(found: string): AosFault {
  return new AosFault('prune-refused', `nothing was pruned: ${found}`, { retry: 'never' });
}

export function storeReadOnly(): AosFault {
  return new AosFault('store-read-only', "expected mode 'write', the store is open for reading", {
    retry: 'never',
  });
}
