/**
 * Differences: from two worlds to the patch document that leads from one to the other.
 *
 * U1 Applying the patch to `from` gives `to`: the same manifest hash.
 * U2 Every operation carries the hash of what it changes, so it fits no other base.
 */
import { type HashText, ok, type Result, refuse, toHashText } from '@aos/canon';
import { builtinHash } from '../builtins/catalogue.js';
import { type Manifest, type NamedRef, REFERENCE_SECTIONS } from '../forms/manifest.js';
import type { DefinitionKind } from '../forms/names.js';
import type { PatchDocument, PatchOp } from '../forms/patch.js';
import type { WorldDefinition } from '../world/definition.js';
import { SECTIONS, type SectionOp, sectionHash } from './section.js';

const FIELD_OF: readonly (readonly [SectionOp, string])[] = [
  ['set_routing_events', 'events'],
  ['set_routing_inboxes', 'inboxes'],
  ['set_triggers', 'triggers'],
  ['set_module_bindings', 'bindings'],
  ['set_features', 'features'],
];

/**
 * The patch document that turns `from` into `to`; `undefined` when they are the same. Code
 * `patch-inexpressible` where no operation says the difference: an empty block that is absent in
 * the other world, or a definition of the world's own under a `sys/` name.
 */
export function diffWorlds(
  from: WorldDefinition,
  to: WorldDefinition,
): Result<PatchDocument | undefined> {
  if (toHashText(from.manifestHash) === toHashText(to.manifestHash)) return ok(undefined);
  const blocked = inexpressible(from.manifest, to.manifest);
  if (blocked !== undefined) {
    const detail = 'no operation makes this: an empty block that is absent in one, or a sys/ name';
    return refuse('patch-inexpressible', blocked, detail);
  }
  const patches = [
    ...REFERENCE_SECTIONS.flatMap(([section, kind]) =>
      diffReferences(kind, from.manifest[section] ?? [], to, to.manifest[section] ?? []),
    ),
    ...FIELD_OF.flatMap(([word, field]) => diffSection(word, field, from, to)),
    ...diffDefaults(from.manifest, to.manifest),
  ];
  const base_manifest_hash = toHashText(from.manifestHash);
  return ok({ version: '1', base_manifest_hash, patches } as unknown as PatchDocument);
}

function diffReferences(
  kind: DefinitionKind,
  before: readonly NamedRef[],
  to: WorldDefinition,
  after: readonly NamedRef[],
): PatchOp[] {
  const ops: PatchOp[] = [];
  const wanted = new Map(after.map((ref) => [ref.name, ref]));
  const known = new Map(before.map((ref) => [ref.name, ref]));
  let order: string[] = [];
  const builtins = { add: [] as object[], remove: [] as object[] };
  for (const { name, hash } of before) {
    const next = wanted.get(name);
    if (next !== undefined) order.push(name);
    if (next?.hash === hash) continue;
    if (isBuiltin(kind, name)) builtins.remove.push({ kind, name });
    else if (next === undefined) ops.push(op({ remove_def: { kind, name, pre_hash: hash } }));
    else
      ops.push(op({ replace_def: { kind, name, pre_hash: hash, new_node: to.find(kind, name) } }));
  }
  for (const { name, hash } of after) {
    if (known.has(name)) continue;
    if (isBuiltin(kind, name)) builtins.add.push({ kind, name, hash });
    else {
      ops.push(op({ add_def: { kind, node: to.find(kind, name) } }));
      order.push(name);
    }
  }
  if (builtins.remove.length + builtins.add.length > 0) {
    ops.push(op({ set_manifest_refs: withoutEmpty(builtins) }));
    order = order.concat((builtins.add as { name: string }[]).map(({ name }) => name));
  }
  return [...ops, ...reorder(kind, order, after)];
}

/** Takes out and puts back, in order, everything behind the part that already agrees. */
function reorder(
  kind: DefinitionKind,
  order: readonly string[],
  after: readonly NamedRef[],
): PatchOp[] {
  const from = after.findIndex(({ name }, i) => order[i] !== name);
  if (from < 0) return [];
  const moved = after.slice(from);
  const add = moved.map(({ name, hash }) => ({ kind, name, hash }));
  const remove = moved.map(({ name }) => ({ kind, name }));
  return [op({ set_manifest_refs: { add, remove } })];
}

function diffSection(
  word: SectionOp,
  field: string,
  from: WorldDefinition,
  to: WorldDefinition,
): PatchOp[] {
  const before = SECTIONS[word](from.manifest);
  const after = SECTIONS[word](to.manifest);
  const pre_hash = sectionHash(before);
  if (pre_hash === sectionHash(after)) return [];
  return [op({ [word]: { pre_hash, [field]: after } })];
}

function diffDefaults(from: Manifest, to: Manifest): PatchOp[] {
  const before = from.defaults ?? {};
  const after = to.defaults ?? {};
  const pre_hash = sectionHash(before);
  if (pre_hash === sectionHash(after)) return [];
  const { policy = null, cap_grants = [] } = after;
  const hasGrants = before.cap_grants !== undefined || cap_grants.length > 0;
  return [op({ set_defaults: { pre_hash, policy, ...(hasGrants ? { cap_grants } : {}) } })];
}

/** Pointer to a block that no operation can make as `to` has it. */
function inexpressible(from: Manifest, to: Manifest): string | undefined {
  for (const [section, kind] of REFERENCE_SECTIONS) {
    if (ownReserved(kind, from[section]) !== ownReserved(kind, to[section])) return `/${section}`;
  }
  const { defaults, routing } = to;
  const isSame = (a: object | undefined, b: object | undefined): boolean =>
    hashOrNone(a) === hashOrNone(b);
  if (defaults !== undefined && !isSame(from.defaults, defaults)) {
    if (Object.keys(defaults).length === 0) return '/defaults';
    if (defaults.cap_grants?.length === 0) return '/defaults/cap_grants';
  }
  const isEmpty = (block: typeof routing) => block !== undefined && Object.keys(block).length === 0;
  if (routing === undefined && from.routing !== undefined) return '/routing';
  if (isEmpty(routing) && from.routing === undefined) return '/routing';
  return undefined;
}

/** References to `sys/` definitions that our catalogue lacks; a patch cannot touch them. */
function ownReserved(kind: DefinitionKind, refs: readonly NamedRef[] = []): HashText {
  const own = refs.filter(({ name }) => name.startsWith('sys/') && !isBuiltin(kind, name));
  return sectionHash(own);
}

function hashOrNone(block: object | undefined): HashText | 'none' {
  return block === undefined ? 'none' : sectionHash(block);
}

function isBuiltin(kind: DefinitionKind, name: string): boolean {
  return builtinHash(kind, name) !== undefined;
}

function withoutEmpty(lists: { readonly add: object[]; readonly remove: object[] }): object {
  const { add, remove } = lists;
  return { ...(add.length > 0 ? { add } : {}), ...(remove.length > 0 ? { remove } : {}) };
}

function op(body: object): PatchOp {
  return body as PatchOp;
}
