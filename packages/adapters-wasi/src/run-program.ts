/** One run of one program, on the thread that calls, to its end. */
import { decodeUtf8 } from '@aos/canon';
import { WASI_MODULE } from '@aos/protocol';
import { importsOf } from './system/imports.js';
import { ProgramExit, ProgramStopped, type StopCode } from './system/program-end.js';
import { type ProgramInput, type ProgramLimits, WasiSystem } from './system/wasi-system.js';

/** All that a run needs; it can be sent to another thread. */
export interface ProgramJob {
  readonly module: WebAssembly.Module;
  readonly input: ProgramInput;
  readonly limits: ProgramLimits;
}

export type ProgramResult =
  | {
      readonly kind: 'exited';
      readonly exitCode: number;
      readonly stdout: Uint8Array;
      readonly stderr: Uint8Array;
      /** Files that it made, moved or wrote to, by path. */
      readonly files: ReadonlyMap<string, Uint8Array>;
    }
  | {
      readonly kind: 'stopped';
      readonly code: StopCode | 'wasi-module-invalid' | 'wasi-trap';
      readonly message: string;
    };

/** Characters of standard error that go with a failure. */
const LAST_WORDS = 1000;

export function runProgram({ module, input, limits }: ProgramJob): ProgramResult {
  const system = new WasiSystem(input, limits);
  try {
    const cause = runToEnd(module, system);
    const end = system.end ?? cause;
    if (end instanceof ProgramStopped) return stopped(end.code, end.message, system);
    const exitCode = end instanceof ProgramExit ? end.exitCode : 0;
    if (end === undefined || end instanceof ProgramExit) return exited(exitCode, system);
    if (end instanceof WebAssembly.LinkError) {
      return stopped('wasi-module-invalid', end.message, system);
    }
    return stopped('wasi-trap', `it trapped: ${describe(end)}`, system);
  } catch (cause) {
    if (cause instanceof ProgramStopped) return stopped(cause.code, cause.message, system);
    throw cause;
  }
}

/** Answers with what was thrown out of the program. */
function runToEnd(module: WebAssembly.Module, system: WasiSystem): unknown {
  try {
    const instance = new WebAssembly.Instance(module, { [WASI_MODULE]: importsOf(system) });
    const { memory, _start: start } = instance.exports;
    system.memory.bind(memory as WebAssembly.Memory);
    (start as () => void)();
    return undefined;
  } catch (cause) {
    return cause;
  }
}

function exited(exitCode: number, { stdout, stderr, tree }: WasiSystem): ProgramResult {
  const files = tree.changes();
  return { kind: 'exited', exitCode, stdout: stdout.said(), stderr: stderr.said(), files };
}

function stopped(
  code: Extract<ProgramResult, { kind: 'stopped' }>['code'],
  message: string,
  { stderr }: WasiSystem,
): ProgramResult {
  const said = stderr.said();
  const text = decodeUtf8(said.subarray(Math.max(0, said.length - LAST_WORDS)));
  const words = text.ok && text.value !== '' ? `; it said: ${text.value}` : '';
  return { kind: 'stopped', code, message: `${message}${words}` };
}

/** A program without end of its calls runs out of stack, which is no error of WebAssembly. */
function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'an exception that nothing caught';
}
