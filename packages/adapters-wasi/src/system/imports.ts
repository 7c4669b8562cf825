/** The functions that programs import: all of WASI preview 1. */
import { fileCalls } from './file-calls.js';
import { pathCalls } from './path-calls.js';
import { processCalls } from './process-calls.js';
import type { Calls, WasiSystem } from './wasi-system.js';

export function importsOf(system: WasiSystem): Record<string, (...args: unknown[]) => number> {
  const calls: Calls = { ...fileCalls(system), ...pathCalls(system), ...processCalls(system) };
  return Object.fromEntries(
    Object.entries(calls).map(([name, call]) => [name, (...args) => system.answer(call, args)]),
  );
}
