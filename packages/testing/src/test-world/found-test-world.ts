/** From what a test names to a world that a store can hold. */
import type { AirDocument, Finding } from '@aos/air';
import type { World as AuthoredWorld } from '@aos/air/author';
import {
  type FoundedWorld,
  type FoundingPorts,
  type FoundingResult,
  foundWorld,
  readAuthoringFolder,
} from '@aos/host';
import { AosFault, type KeyringEntry } from '@aos/protocol';

/** Module bytes by the name of their defmodule. */
export type TestModules = Readonly<Record<string, Uint8Array>> | ReadonlyMap<string, Uint8Array>;

/** What the world is: exactly one of `folder`, `definition` and `documents`. */
export interface WorldSource {
  /** An authoring folder with `air/` and, where there are any, `modules/`. */
  readonly folder?: string;
  /** What `defineWorld` answers. */
  readonly definition?: AuthoredWorld;
  /** AIR as text. */
  readonly documents?: readonly AirDocument[];
  /** Code by module name; it goes before that of the folder. */
  readonly modules?: TestModules;
}

/** Faults: `test-world-source`, and the code of whatever keeps it from being a world. */
export function foundTestWorld(
  source: WorldSource,
  keyring: readonly KeyringEntry[],
  ports: FoundingPorts,
): FoundedWorld {
  const { documents, modules } = readSource(source);
  const result = foundWorld({ documents, modules, keyring }, ports);
  if (!result.ok) throw notAWorld(result);
  return result.founded;
}

function readSource({ folder, definition, documents, modules = {} }: WorldSource) {
  const given = modules instanceof Map ? modules : new Map(Object.entries(modules));
  const named = [folder, definition, documents].filter((each) => each !== undefined);
  if (named.length !== 1) {
    const message = `expected one of folder, definition and documents, found ${named.length}`;
    throw new AosFault('test-world-source', message, { retry: 'never' });
  }
  if (folder === undefined) {
    return { documents: documents ?? definition?.toAir() ?? [], modules: given };
  }
  const read = readAuthoringFolder(folder);
  return { documents: read.documents, modules: new Map([...read.modules, ...given]) };
}

function notAWorld({ findings, refusal }: Extract<FoundingResult, { ok: false }>): AosFault {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const code = refusal?.code ?? errors[0]?.code ?? 'test-world-source';
  const lines = refusal === undefined ? errors.map(lineOf) : [`${refusal.at}: ${refusal.detail}`];
  return new AosFault(code, `this is no world:\n${lines.join('\n')}`, { retry: 'never' });
}

function lineOf({ code, path, message, hint }: Finding): string {
  return `  ${path} ${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
}
