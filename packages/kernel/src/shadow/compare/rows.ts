/** Differences between two lists or tables of a definition. */
import { JsonDecimal, type JsonValue, printJson } from '@aos/air';
import { type Change, cutText } from '../report.js';

/** One thing under its name, in both definitions; null where it is not. */
export interface Pair<T> {
  readonly name: string;
  readonly base: T | null;
  readonly candidate: T | null;
}

/** What is not the same in both, in the order of names. */
export function pairsOf<T>(
  base: ReadonlyMap<string, T>,
  candidate: ReadonlyMap<string, T>,
): readonly Pair<T>[] {
  const names = [...new Set([...base.keys(), ...candidate.keys()])].sort();
  return names.flatMap((name) => {
    const [here, there] = [base.get(name) ?? null, candidate.get(name) ?? null];
    return jsonOf(here) === jsonOf(there) ? [] : [{ name, base: here, candidate: there }];
  });
}

export function changeOf({ base, candidate }: Pair<unknown>): Change {
  if (base === null) return 'added';
  return candidate === null ? 'removed' : 'changed';
}

/** Rows of a list that the other one has fewer of, in their order. */
export function rowsBeyond<T>(here: readonly T[], there: readonly T[]): readonly T[] {
  const left = new Map<string, number>();
  for (const row of there) left.set(jsonOf(row), (left.get(jsonOf(row)) ?? 0) + 1);
  return here.filter((row) => {
    const count = left.get(jsonOf(row)) ?? 0;
    left.set(jsonOf(row), count - 1);
    return count <= 0;
  });
}

/**
 * Forms of definitions are JSON. Their fields stand as somebody wrote them or as they are stored,
 * which is no difference.
 */
export function jsonOf(form: unknown): string {
  return printJson(inOrder(form as JsonValue));
}

function inOrder(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null || value instanceof JsonDecimal) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, inner]) => [name, inOrder(inner)]));
}

export function shownForm(form: unknown): string | null {
  return form === null ? null : cutText(jsonOf(form));
}
