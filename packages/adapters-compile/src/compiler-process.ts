/**
 * One process that compiles.
 *
 * 1. It has bounds of the system on its memory and its processor time, and so has whatever it
 *    starts: where the one who started it dies, it ends all the same.
 * 2. It leads a group of processes, which is killed as one.
 * 3. It gets no environment, and nobody reads what it prints.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CompileBounds } from './options.js';
import type { CompileJob, CompileResult } from './process/compilation.js';

export type RunResult =
  | CompileResult
  /** Its time was over. */
  | { readonly kind: 'late' }
  /** Nobody waits for it any more. */
  | { readonly kind: 'called-off' }
  /** There was no process, or it was ended from outside. */
  | { readonly kind: 'lost'; readonly message: string };

export interface CompilerSettings {
  readonly bounds: CompileBounds;
  readonly programUrl: URL;
}

export interface CompilerProcess {
  /** Jobs that it was given. */
  readonly uses: number;
  compile(job: CompileJob): Promise<RunResult>;
  /** Until the next job it keeps no process alive. */
  rest(): void;
  /** Kills it; resolves when it is gone. */
  end(): Promise<void>;
}

/** Bounds of data in KiB and of processor time in seconds, for a shell that becomes the program. */
const BOUNDED = 'ulimit -d "$1" && ulimit -t "$2" && ulimit -c 0 && shift 2 && exec "$@"';
/** Several threads of a process share its processor time, and several jobs. */
const TIME_FACTOR = 10;
/** Part of the memory that the heap of JavaScript may have. */
const HEAP_PART = 0.5;

const OUT_OF_TIME = 'SIGXCPU';

export function startCompiler({ bounds, programUrl }: CompilerSettings): CompilerProcess {
  const { memoryMebibytes, timeMs } = bounds;
  const limits = [memoryMebibytes * 1024, Math.ceil((timeMs * TIME_FACTOR) / 1000)].map(String);
  const heap = `--max-old-space-size=${Math.floor(memoryMebibytes * HEAP_PART)}`;
  const command = [process.execPath, heap, fileURLToPath(programUrl)];
  const child = spawn('/bin/sh', ['-c', BOUNDED, 'compile', ...limits, ...command], {
    ...{ cwd: '/', env: {}, detached: true, serialization: 'advanced' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let uses = 0;
  let settle: (result: RunResult) => void = () => undefined;
  let over: RunResult | undefined;
  const end = (result: RunResult) => {
    over ??= result;
    settle(over);
  };
  const gone = new Promise<void>((resolve) => {
    child.on('error', ({ message }) => {
      end({ kind: 'lost', message });
      if (child.pid === undefined) resolve();
    });
    child.on('exit', (code, signal) => {
      end(endedBy(code, signal));
      resolve();
    });
  });
  child.on('message', (result) => settle(result as CompileResult));
  return {
    get uses() {
      return uses;
    },
    compile: (job) => {
      uses += 1;
      child.ref();
      child.channel?.ref();
      return new Promise((resolve) => {
        settle = resolve;
        if (over !== undefined) resolve(over);
        else child.send(job, () => undefined);
      });
    },
    rest: () => {
      child.unref();
      child.channel?.unref();
    },
    end: () => {
      child.ref();
      killGroup(child.pid);
      return gone;
    },
  };
}

function endedBy(code: number | null, signal: string | null): RunResult {
  const message = `its process ended with ${signal ?? code}`;
  if (signal === OUT_OF_TIME) return { kind: 'lost', message };
  return { kind: 'crashed', message: `${message}, as where it has no more memory` };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}
