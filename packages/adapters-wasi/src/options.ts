/** What a composition root decides about WASI programs. */
import { availableParallelism } from 'node:os';
import { WASI_MODULE_LIMITS } from '@aos/protocol';
import type { ProgramLimits } from './system/wasi-system.js';

/** Bounds of every run. */
export interface WasiBounds extends ProgramLimits {
  /** From the start of a program to its end. Default 30,000. */
  readonly timeMs: number;
  /** What its memory can grow to, in pages of 64 KiB. Default and most 1,024. */
  readonly memoryPages: number;
  /** Standard input and files that it is given. Default 32 MiB. */
  readonly inputBytes: number;
}

export interface WasiAdapterOptions {
  readonly bounds?: Partial<WasiBounds>;
  /** Programs that run at once. Default: as many as there are processors, at most 4. */
  readonly threads?: number;
}

export interface WasiSettings {
  readonly bounds: WasiBounds;
  readonly threads: number;
}

const MEBIBYTE = 1 << 20;
const MAX_THREADS = 4;

const DEFAULT_BOUNDS: WasiBounds = {
  timeMs: 30_000,
  memoryPages: WASI_MODULE_LIMITS.memoryPages,
  inputBytes: 32 * MEBIBYTE,
  outputBytes: 8 * MEBIBYTE,
  diskBytes: 64 * MEBIBYTE,
  fileCount: 1024,
};

export function fillOptions({ bounds, threads }: WasiAdapterOptions): WasiSettings {
  return {
    bounds: { ...DEFAULT_BOUNDS, ...bounds },
    threads: threads ?? Math.min(availableParallelism(), MAX_THREADS),
  };
}
