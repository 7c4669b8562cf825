/** What the host itself answers. */

/** Of a world that asks about its own journal. */
export const JOURNAL_KINDS: readonly string[] = ['introspect.decisions', 'introspect.why'];

/** Of a plan that changes its own world. */
export const GOVERNANCE_KINDS: readonly string[] = [
  'governance.draft',
  'governance.propose',
  'governance.shadow',
];

export const HOST_KINDS: readonly string[] = [...JOURNAL_KINDS, ...GOVERNANCE_KINDS];
