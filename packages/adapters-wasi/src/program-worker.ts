/** The thread on which programs run: one job at a time, from its message to its answer. */
import { parentPort } from 'node:worker_threads';
import { type ProgramJob, runProgram } from './run-program.js';

// what is thrown here is either a call that failed, as many do, or is told without its stack
Error.stackTraceLimit = 0;

parentPort?.on('message', (job: ProgramJob) => {
  const result = runProgram(job);
  const outputs =
    result.kind === 'exited' ? [result.stdout, result.stderr, ...result.files.values()] : [];
  parentPort?.postMessage(result, [...new Set(outputs.map(({ buffer }) => buffer as ArrayBuffer))]);
});
