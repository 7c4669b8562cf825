/** The calls of spec/vectors/fuel.json, and what they come to on an engine. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromHex, type Hash, toHex } from '@aos/canon';
import type { CallLimits, CallOutcome, ModuleEntry } from '@aos/protocol';

/** The part of an engine that this needs: sources and built packages have it alike. */
export interface LoadingEngine {
  load(bytes: Uint8Array): { ok: true; value: Hash } | { ok: false };
  call(module: Hash, entry: ModuleEntry, input: Uint8Array, limits: CallLimits): CallOutcome;
}

export interface FuelVectors {
  readonly guard: number;
  readonly prices: number;
  readonly limits: CallLimits;
  readonly modules: readonly {
    readonly name: string;
    readonly wasm: string;
    readonly calls: readonly FuelCall[];
  }[];
}

interface FuelCall {
  readonly entry: ModuleEntry;
  readonly input: string;
  readonly output?: string;
  readonly code?: string;
  readonly fuel: number;
}

export const vectorsPath = fileURLToPath(
  new URL('../../../spec/vectors/fuel.json', import.meta.url),
);

export function readVectors(): FuelVectors {
  return JSON.parse(readFileSync(vectorsPath, 'utf8')) as FuelVectors;
}

/** The same vectors as this engine fills them in; every call is made twice. */
export function runVectors(vectors: FuelVectors, engine: LoadingEngine): FuelVectors {
  const modules = vectors.modules.map((module) => {
    const loaded = engine.load(bytesOf(module.wasm));
    if (!loaded.ok) throw new Error(`${module.name} was refused`);
    const calls = module.calls.map(({ entry, input }) => {
      const call = () => engine.call(loaded.value, entry, bytesOf(input), vectors.limits);
      const [first, second] = [outcomeOf(call()), outcomeOf(call())];
      if (JSON.stringify(first) !== JSON.stringify(second))
        throw new Error(`${module.name} varies`);
      return { entry, input, ...first };
    });
    return { ...module, calls };
  });
  return { ...vectors, modules };
}

function outcomeOf(outcome: CallOutcome): Omit<FuelCall, 'entry' | 'input'> {
  const { fuel } = outcome;
  if (outcome.kind === 'fault') return { code: outcome.code, fuel };
  return { output: toHex(outcome.output), fuel };
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (!bytes.ok) throw new Error(bytes.refusal.detail);
  return bytes.value;
}
