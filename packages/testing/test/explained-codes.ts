/** The codes that `spec/errors.md` explains, by the section and the kind that it gives them. */
import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../../spec/errors.md', import.meta.url), 'utf8');

const ROW = /^\| `([a-z0-9-]+)` \| ([^|]+) \|/;

/**
 * The codes of a section; where its table has kinds, those whose kinds have this one among them.
 */
export function codesOf(section: string, kind?: string): readonly string[] {
  const text = page.split('\n## ').find((part) => part.startsWith(section));
  if (text === undefined) throw new Error(`spec/errors.md has no section '${section}'`);
  const lines = text.split('\n');
  const hasKinds = lines.some((line) => line.startsWith('| code | kind |'));
  if (hasKinds !== (kind !== undefined)) throw new Error(`kinds of '${section}': ${hasKinds}`);
  return lines.flatMap((line) => {
    const [, code, second = ''] = ROW.exec(line) ?? [];
    if (code === undefined) return [];
    return kind === undefined || second.split(', ').includes(kind) ? [code] : [];
  });
}
