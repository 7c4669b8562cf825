/** What the exit code of a command says. */
export const EXIT_CODES = [
  { code: 0, meaning: 'done' },
  { code: 1, meaning: 'refused, failed, or answered no' },
  {
    code: 2,
    meaning:
      'used wrongly: an unknown command or option, or a value of the wrong form; ' +
      'of replay also: it could not be found out',
  },
  {
    code: 130,
    meaning: 'ended by an interrupt (128 and a signal); daemons and what follows end in order: 0',
  },
] as const;
