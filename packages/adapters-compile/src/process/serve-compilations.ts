/** The process in which sources are compiled: one job at a time, from its message to its answer. */
import type { CompileJob, CompileResult, CompilerPorts } from './compilation.js';
import { compileJob } from './compile-job.js';

/** Called once by the program of the process. */
export function serveCompilations(ports: CompilerPorts): void {
  process.on('message', async (job) => {
    process.send?.(await runToEnd(ports, job as CompileJob));
  });
  // nobody is left to answer to
  process.on('disconnect', () => process.exit());
}

/** What a compiler throws is told, and its process is not used again. */
async function runToEnd(ports: CompilerPorts, job: CompileJob): Promise<CompileResult> {
  try {
    return await compileJob(ports, job);
  } catch (cause) {
    return { kind: 'crashed', message: cause instanceof Error ? cause.message : String(cause) };
  }
}
