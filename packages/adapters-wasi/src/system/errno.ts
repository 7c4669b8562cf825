/** Answers of calls that fail, as WASI preview 1 numbers them. */
export const ERRNO = {
  badDescriptor: 8,
  busy: 10,
  exists: 20,
  fault: 21,
  tooBig: 22,
  notUnicode: 25,
  invalid: 28,
  isDirectory: 31,
  tooManyOpen: 33,
  nameTooLong: 37,
  notFound: 44,
  notDirectory: 54,
  notEmpty: 55,
  notSocket: 57,
  notSupported: 58,
  notSeekable: 70,
  notCapable: 76,
} as const;

/** A call of a program fails: it gets the number, and goes on. */
export class CallError extends Error {
  override readonly name = 'CallError';

  constructor(readonly errno: number) {
    super(`errno ${errno}`);
  }
}

export function fail(what: keyof typeof ERRNO): CallError {
  return new CallError(ERRNO[what]);
}
