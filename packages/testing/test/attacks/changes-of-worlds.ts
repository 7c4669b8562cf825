/** From one definition of a world to another, the whole way. */
import { compilePatch, diffWorlds, loadAir, type WorldDefinition } from '@aos/air';
import { type Encodable, encode, type Hash, sha256, utf8 } from '@aos/canon';
import type { StoredObject } from '@aos/protocol';
import type { Met } from '../../src/attacks/attack.js';
import { documentOf, moduleNames, type Range } from './range.js';
import type { Json } from './shooting-world.js';

function definitionOf(definitions: readonly Json[]): WorldDefinition {
  const hashes = moduleNames(definitions).map((name) => [name, sha256(utf8(name))] as const);
  const outcome = loadAir([documentOf(definitions)], new Map(hashes));
  if (outcome.ok) return outcome.world;
  throw new Error(JSON.stringify(outcome.findings, null, 1));
}

/** A patch as an object of a world, and what it starts from. */
export interface Patch extends StoredObject {
  readonly base: Hash;
}

const patches = new Map<string, Patch>();

/** What leads from one definition to another. */
export function patchBetween(from: readonly Json[], to: readonly Json[]): Patch {
  const name = JSON.stringify([from, to]);
  const known = patches.get(name) ?? makePatch(definitionOf(from), definitionOf(to));
  patches.set(name, known);
  return known;
}

function makePatch(base: WorldDefinition, to: WorldDefinition): Patch {
  const document = diffWorlds(base, to);
  if (!document.ok) throw new Error(document.refusal.code);
  const compiled = compilePatch(document.value as never, { world: base });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.findings));
  const { patch } = compiled;
  const bytes = encode(patch.document as unknown as Encodable);
  return { hash: patch.patchHash, bytes, base: base.manifestHash };
}

/** The whole way of a change, for which one operator is enough. */
export async function adopt(
  range: Range,
  from: readonly Json[],
  to: readonly Json[],
): Promise<Met> {
  const patch = patchBetween(from, to);
  const report = { hash: sha256(utf8('report')), bytes: utf8('report') };
  for (const object of [patch, report]) await range.host.storeObject(object);
  const { proposals, seq } = await range.read((world) => {
    return { proposals: world.governance.proposals.size, seq: world.seq };
  });
  const ref = { proposal: proposals, base: patch.base, patchHash: patch.hash };
  const about = { ...ref, shadowHash: report.hash };
  return [
    ...(await range.verb({ verb: 'propose', ...ref, description: '' })),
    ...(await range.verb({ verb: 'shadowed', ...about, atSeq: seq })),
    ...(await range.verb({ verb: 'approve', ...about })),
    ...(await range.verb({ verb: 'apply', proposal: proposals })),
  ];
}
