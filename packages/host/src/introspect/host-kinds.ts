/** What the host itself answers, of a world that asks about its own journal. */
export const HOST_KINDS: readonly string[] = ['introspect.decisions', 'introspect.why'];
