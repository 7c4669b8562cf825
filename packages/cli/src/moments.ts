/** The moments of a world that people name. */

/** A record alone means the world right after it. */
export function momentOf(at: string | undefined): { readonly at?: string } {
  if (at === undefined) return {};
  return { at: /^\d+$/.test(at) ? `exact:${at}` : at };
}
