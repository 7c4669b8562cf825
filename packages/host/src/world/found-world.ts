/** Founding: from authoring documents and modules to the genesis and first objects of a world. */
import { type AirDocument, type Finding, loadAir, type WorldDefinition } from '@aos/air';
import { bytesEqual, type Hash, parseHashText, type Refusal, sha256 } from '@aos/canon';
import { checkSupport, modulesOf } from '@aos/kernel';
import {
  CURRENT_RUNTIME,
  checkWasiModule,
  DEFAULT_CALL_LIMITS,
  encodeGenesis,
  GENESIS_FORMAT,
  type KeyringEntry,
  type StoredObject,
} from '@aos/protocol';
import { type Clock, readWallNs } from '../clock.js';
import type { FillEntropy } from '../stamper.js';
import type { HostEngine } from './host-engine.js';
import { programsOf } from './programs.js';

export interface FoundingPlan {
  readonly documents: readonly AirDocument[];
  /** Module bytes by the name of the defmodule or defeffect they implement. */
  readonly modules: ReadonlyMap<string, Uint8Array>;
  readonly keyring: readonly KeyringEntry[];
}

export interface FoundingPorts {
  readonly engine: HostEngine;
  readonly clock: Clock;
  readonly fillEntropy: FillEntropy;
}

/** What a store needs to make the world. */
export interface FoundedWorld {
  readonly definition: WorldDefinition;
  readonly genesis: Uint8Array;
  readonly objects: readonly StoredObject[];
  readonly warnings: readonly Finding[];
}

/** The part of the platform's WebAssembly interface that founding uses. */
declare const WebAssembly: { validate(bytes: Uint8Array): boolean };

/** Why a world could not be founded: findings of the language, or one refusal of a module. */
export type FoundingResult =
  | { readonly ok: true; readonly founded: FoundedWorld }
  | { readonly ok: false; readonly findings: readonly Finding[]; readonly refusal?: Refusal };

/**
 * Checks the definition and every module, then makes the genesis. Nothing is written. Refusal
 * codes: `not-supported-yet` for a part of the language that the kernel does not run, the engine's
 * for a module, those of {@link checkWasiModule} for a program, `module-unbound` for a reducer or
 * effect without one, and `module-hash-mismatch` when a definition names other bytes than those
 * given.
 */
export function foundWorld(plan: FoundingPlan, ports: FoundingPorts): FoundingResult {
  const hashes = new Map<string, Hash>();
  for (const [name, bytes] of plan.modules) hashes.set(name, sha256(bytes));
  const loaded = loadAir(plan.documents, hashes);
  if (!loaded.ok) return { ok: false, findings: loaded.findings };
  const definition = loaded.world;
  const refusal =
    checkSupport(definition)?.refusal ??
    checkModules(definition, plan.modules, ports.engine) ??
    checkPrograms(definition, plan.modules);
  if (refusal !== undefined) return { ok: false, findings: loaded.findings, refusal };
  const nonce = new Uint8Array(16);
  ports.fillEntropy(nonce);
  const genesis = encodeGenesis({
    format: GENESIS_FORMAT,
    manifest: definition.manifestHash,
    runtime: CURRENT_RUNTIME,
    keyring: plan.keyring,
    createdNs: readWallNs(ports.clock),
    nonce,
  });
  const objects = objectsOf(definition, plan.modules);
  return { ok: true, founded: { definition, genesis, objects, warnings: loaded.findings } };
}

function checkModules(
  definition: WorldDefinition,
  modules: ReadonlyMap<string, Uint8Array>,
  engine: HostEngine,
): Refusal | undefined {
  for (const { name, entry, hash } of modulesOf(definition)) {
    const bytes = modules.get(name);
    if (bytes === undefined) return unbound(name);
    const loaded = engine.load(bytes, entry, { limits: DEFAULT_CALL_LIMITS });
    if (!loaded.ok) return { ...loaded.refusal, at: `${name} ${loaded.refusal.at}`.trim() };
    if (!bytesEqual(loaded.value, hash)) return mismatch(name);
  }
  return undefined;
}

function checkPrograms(
  definition: WorldDefinition,
  modules: ReadonlyMap<string, Uint8Array>,
): Refusal | undefined {
  for (const { name, hash } of programsOf(definition)) {
    const bytes = modules.get(name);
    if (bytes === undefined) return unbound(name);
    const refusal = checkWasiModule(bytes) ?? checkCode(bytes);
    if (refusal !== undefined) return { ...refusal, at: `${name} ${refusal.at}`.trim() };
    if (!bytesEqual(sha256(bytes), hash)) return mismatch(name);
  }
  return undefined;
}

/** Whether this platform can compile it: known when a world is made, not only when it runs. */
function checkCode(bytes: Uint8Array): Refusal | undefined {
  if (WebAssembly.validate(bytes)) return undefined;
  const detail = 'its code is no valid WebAssembly; compile it again';
  return { code: 'wasi-module-invalid', at: '', detail };
}

function unbound(name: string): Refusal {
  const detail = `${name} has no module: put it at modules/${name}.wasm`;
  return { code: 'module-unbound', at: name, detail };
}

function mismatch(name: string): Refusal {
  const detail = `the module given for ${name} is not the one its wasm_hash names`;
  return { code: 'module-hash-mismatch', at: name, detail };
}

function objectsOf(
  definition: WorldDefinition,
  modules: ReadonlyMap<string, Uint8Array>,
): StoredObject[] {
  const objects: StoredObject[] = [];
  for (const [text, bytes] of definition.nodes) {
    const hash = parseHashText(text);
    if (hash.ok) objects.push({ hash: hash.value, bytes });
  }
  for (const { name, hash } of [...modulesOf(definition), ...programsOf(definition)]) {
    const bytes = modules.get(name);
    if (bytes !== undefined) objects.push({ hash, bytes });
  }
  return objects;
}
