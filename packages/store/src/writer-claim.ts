/**
 * Who may acknowledge, where a lock does not reach every writer of a file system.
 *
 * W1 A claim is the file `writer-<epoch>` in the journal, made exclusively. Its writer has removed
 *    all lower claims, and then all drafts of lower epochs, before it scans.
 * W2 A writer acknowledges only when its claim is still there after the flush. So whatever an
 *    earlier writer acknowledged was in the log before the next one read it.
 * W3 A writer gives a file its name in the log only by renaming its draft, made before it looks at
 *    its claim. The rename fails once a later writer has begun to scan, so none of its files is
 *    ever replaced.
 */
import { join } from 'node:path';
import { isErrorWith, writerFenced } from './faults.js';
import type { StoreFs } from './port.js';

const CLAIM = 'writer';
const DRAFT = 'draft';
const CUT = 'cut';
const COMPACT = 'compact';
const NUMBERED = /^(writer|draft|cut|compact)-(\d{1,15})$/;

interface NumberedName {
  readonly name: string;
  readonly kind: string;
  readonly epoch: number;
}

export class WriterClaim {
  /** @internal Made by claimWriter. */
  constructor(
    private readonly fs: StoreFs,
    private readonly journalPath: string,
    readonly epoch: number,
  ) {}

  /** Where this writer prepares a file of the log. */
  get draftPath(): string {
    return this.path(DRAFT);
  }

  /** Where it writes a segment anew. */
  get compactPath(): string {
    return this.path(COMPACT);
  }

  /** Where it keeps what it cuts off. */
  get cutPath(): string {
    return this.path(CUT);
  }

  get isHeld(): boolean {
    return this.fs.has(this.path(CLAIM));
  }

  /** Code: `writer-fenced`. */
  assertHeld(): void {
    if (!this.isHeld) throw writerFenced();
  }

  /** The draft becomes a file of the log, in the place of one that is there (W3). */
  publish(path: string): void {
    this.assertHeld();
    this.fs.rename(this.draftPath, path);
  }

  private path(kind: string): string {
    return join(this.journalPath, `${kind}-${this.epoch}`);
  }
}

/** Becomes the latest writer; `above` is an epoch known to be taken. */
export async function claimWriter(
  fs: StoreFs,
  journalPath: string,
  above: number,
): Promise<WriterClaim> {
  let epoch = above;
  for (;;) {
    const taken = numberedNames(fs, journalPath).map((name) => name.epoch);
    epoch = 1 + Math.max(epoch, ...taken);
    if (!makeClaim(fs, join(journalPath, `${CLAIM}-${epoch}`))) continue;
    const claims = numberedNames(fs, journalPath).filter(({ kind }) => kind === CLAIM);
    // a slow writer may have taken a number that later ones have gone past
    if (claims.some((other) => other.epoch > epoch)) continue;
    removeBelow(fs, journalPath, { kind: CLAIM, epoch });
    removeBelow(fs, journalPath, { kind: DRAFT, epoch });
    removeBelow(fs, journalPath, { kind: COMPACT, epoch });
    await fs.syncDirectory(journalPath);
    return new WriterClaim(fs, journalPath, epoch);
  }
}

function makeClaim(fs: StoreFs, path: string): boolean {
  try {
    fs.open(path, 'exclusive').close();
    return true;
  } catch (error) {
    if (isErrorWith(error, 'EEXIST')) return false;
    throw error;
  }
}

function removeBelow(fs: StoreFs, journalPath: string, limit: Omit<NumberedName, 'name'>): void {
  for (const { name, kind, epoch } of numberedNames(fs, journalPath)) {
    if (kind !== limit.kind || epoch >= limit.epoch) continue;
    try {
      fs.remove(join(journalPath, name));
    } catch (error) {
      if (!isErrorWith(error, 'ENOENT')) throw error;
    }
  }
}

function numberedNames(fs: StoreFs, journalPath: string): NumberedName[] {
  return (fs.list(journalPath) ?? []).flatMap((name) => {
    const [, kind, digits] = NUMBERED.exec(name) ?? [];
    return kind && digits ? [{ name, kind, epoch: Number.parseInt(digits, 10) }] : [];
  });
}
