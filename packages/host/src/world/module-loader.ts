/**
 * Brings code from the store into the engine: at an opening, and whenever the kernel asks for it.
 *
 * What an engine refuses it refuses for good, as does every other one of the same guard.
 */
import { type Hash, type Refusal, type Result, refuse, toHashText } from '@aos/canon';
import type { Need, NeededModule } from '@aos/kernel';
import type { CallLimits, WorldStore } from '@aos/protocol';
import type { HostEngine } from './host-engine.js';

export interface LoaderPorts {
  readonly store: Pick<WorldStore, 'object'>;
  readonly engine: HostEngine;
  readonly limits: CallLimits;
}

/** Code `object-missing`, and those of the engine. */
export function loadModule(
  { name, hash, entry }: NeededModule,
  { store, engine, limits }: LoaderPorts,
): Result<Hash> {
  if (engine.has(hash, entry)) return { ok: true, value: hash };
  const bytes = store.object(hash);
  if (bytes !== undefined) return engine.load(bytes, entry, { limits });
  const detail = `module ${toHashText(hash)} of ${name} is not among the world's objects`;
  return refuse('object-missing', name, `${detail}: store it first`);
}

/**
 * Gives the kernel what it asks for, or says why that cannot be. Whoever asked asks again then: it
 * needs less each time. Codes: those of {@link loadModule}.
 */
export function serveNeed({ hashes, modules }: Need, ports: LoaderPorts): Refusal | undefined {
  for (const module of modules) {
    const loaded = loadModule(module, ports);
    if (!loaded.ok) return loaded.refusal;
  }
  const code = new Set(modules.map(({ hash }) => toHashText(hash)));
  // the kernel reads through the store: what it still asks for is not there
  const lost = hashes.find((hash) => !code.has(toHashText(hash)));
  if (lost === undefined) return undefined;
  const detail = `${toHashText(lost)} is not among the world's objects: store it first`;
  return { code: 'object-missing', at: '', detail };
}
