/** Changes of files as commands show them. */
import type { TreeChange } from '@aos/adapters-workspace';
import { toHashText } from '@aos/canon';
import type { TreeFile } from '@aos/protocol';

/** Lines that are shown at once; `--json` has all. */
const MAX_LINES = 200;

export function changeData(changes: readonly TreeChange[]) {
  return {
    changes: changes.map((change) => ({
      path: change.names.join('/'),
      change: wordOf(change),
      before: hashOf(change.before),
      after: hashOf(change.after),
    })),
  };
}

export function changeLines(changes: readonly TreeChange[]): readonly string[] {
  const lines = changes.slice(0, MAX_LINES).map((change) => {
    return `${MARKS[wordOf(change)]} ${change.names.join('/')}`;
  });
  const more = changes.length - lines.length;
  return more === 0 ? lines : [...lines, `… and ${more} more files`];
}

const MARKS = { added: '+', removed: '-', changed: '~' } as const;

function wordOf({ before, after }: TreeChange): keyof typeof MARKS {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}

const hashOf = (file: TreeFile | undefined): string | null =>
  file === undefined ? null : toHashText(file.hash);
