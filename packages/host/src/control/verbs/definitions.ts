/** What the world is made of: definitions, manifest, keyring. */
import { toHashText, toHex } from '@aos/canon';
import { describeValue, type KeyState, type World } from '@aos/kernel';
import type {
  ControlResult,
  DefinitionShape,
  KeyShape,
  ParsedArgs,
  PlainValue,
} from '@aos/protocol';
import { plainOf } from '../values.js';
import { type ControlView, refusal, shown } from '../view.js';

/** Of a manifest, with the kind of what they name. */
export const SECTIONS = [
  ['schemas', 'defschema'],
  ['modules', 'defmodule'],
  ['plans', 'defplan'],
  ['caps', 'defcap'],
  ['policies', 'defpolicy'],
  ['effects', 'defeffect'],
  ['secrets', 'defsecret'],
  ['migrations', 'defmigration'],
] as const;

/** Those the manifest names, in its order. */
export function listDefinitions(
  view: ControlView,
  { kinds, prefix }: ParsedArgs<'definition.list'>,
): Promise<ControlResult<'definition.list'>> {
  return view.read((world) => {
    const all = definitionsOf(world);
    const found = all.filter(({ kind, name }) => {
      return (kinds === undefined || kinds.includes(kind)) && name.startsWith(prefix);
    });
    return { definitions: found };
  });
}

/** Code: `definition-unknown`. */
export function getDefinition(
  view: ControlView,
  { name, kind }: ParsedArgs<'definition.get'>,
): Promise<ControlResult<'definition.get'>> {
  return view.read((world) => {
    const all = definitionsOf(world).filter((each) => each.name === name);
    const found = kind === undefined ? all[0] : all.find((each) => each.kind === kind);
    if (found === undefined || (kind === undefined && all.length > 1)) {
      const many = all.length > 1 ? `; say which kind: ${all.map((each) => each.kind).join()}` : '';
      const detail = `expected the name of one definition, found '${shown(name)}'${many}`;
      throw refusal('definition-unknown', '/args/name', detail);
    }
    return { ...found, definition: nodeOf(world, found) };
  });
}

export function getManifest(view: ControlView): Promise<ControlResult<'manifest.get'>> {
  return view.read((world) => {
    const { manifestHash, nodes } = world.program.definition;
    const hash = toHashText(manifestHash);
    return { hash, manifest: shownNode(nodes.get(hash)), records: world.seq };
  });
}

export function listKeys(view: ControlView): Promise<ControlResult<'keyring.list'>> {
  return view.read(({ keyring }) => ({ keys: keyring.map(keyShape) }));
}

export function keyShape({
  keyId,
  publicKey,
  name,
  roles,
  addedAt,
  revokedAt,
}: KeyState): KeyShape {
  return {
    key_id: toHashText(keyId),
    name,
    roles: [...roles],
    public: toHex(publicKey),
    added_at: addedAt,
    revoked_at: revokedAt,
  };
}

export function definitionsOf({ program }: World): DefinitionShape[] {
  const { manifest } = program.definition;
  return SECTIONS.flatMap(([section, kind]) => {
    return (manifest[section] ?? []).map(({ name, hash }) => ({ kind, name, hash }));
  });
}

/** What the manifest names, or else the catalogue of built-in definitions. */
export function nodeOf({ program }: World, { kind, name, hash }: DefinitionShape): PlainValue {
  const { definition } = program;
  const bytes = definition.nodes.get(hash);
  if (bytes !== undefined) return shownNode(bytes);
  const builtin = definition.find(kind as Parameters<typeof definition.find>[0], name);
  return builtin === undefined ? null : plainOf(JSON.parse(JSON.stringify(builtin)));
}

export function shownNode(bytes: Uint8Array | undefined): PlainValue {
  return bytes === undefined ? null : plainOf(describeValue(bytes, undefined));
}
