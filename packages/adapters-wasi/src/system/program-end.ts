/** The ways in which a program ends before its entry returns. */

/** It said so itself. */
export class ProgramExit extends Error {
  override readonly name = 'ProgramExit';

  constructor(readonly exitCode: number) {
    super(`exit ${exitCode}`);
  }
}

/** What a program may not have more of. */
export type StopCode = 'wasi-disk-limit' | 'wasi-files-limit' | 'wasi-output-limit';

/** It wanted more than it may have. */
export class ProgramStopped extends Error {
  override readonly name = 'ProgramStopped';

  constructor(
    readonly code: StopCode,
    message: string,
  ) {
    super(message);
  }
}
