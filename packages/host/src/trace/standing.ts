/** Where something stands that a root event led to, and which of several standings counts. */
import { STANDINGS, type Standing } from '@aos/protocol';

/** A standing, and the code of what went wrong. */
export interface Stand {
  readonly standing: Standing;
  readonly code: string | null;
}

export const COMPLETED: Stand = { standing: 'completed', code: null };

const OPEN = new Set<Standing>(STANDINGS.slice(0, STANDINGS.indexOf('denied')));

/** Whether it is not over. */
export const isOpen = ({ standing }: Stand): boolean => OPEN.has(standing);

/** The most pressing of several, the first of its kind; `undefined` of none. */
export function mostPressing(stands: readonly Stand[]): Stand | undefined {
  const rank = ({ standing }: Stand) => STANDINGS.indexOf(standing);
  return stands.reduce<Stand | undefined>(
    (best, next) => (best === undefined || rank(next) < rank(best) ? next : best),
    undefined,
  );
}
