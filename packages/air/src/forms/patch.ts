/** Patch documents: operations on a manifest, each with the hash of what it means to change. */

import { anyJson } from './exact-json.js';
import { type FormValue, list, named, object, oneOf, someFieldOf, someOf, table } from './form.js';
import { capGrant } from './grant.js';
import { eventRoute, features, inbox, moduleBindings, namedRef, trigger } from './manifest.js';
import { anyText, DEFINITION_KINDS, hashText, name } from './names.js';
import { nullable, wrapped } from './unions.js';

const definitionKind = oneOf(...DEFINITION_KINDS);

/** A definition as authored; it is read by its kind when the patch is compiled. */
const node = named('Node', table(anyText, anyJson));

const listedRef = object({ required: { kind: definitionKind, name, hash: hashText } });
const unlistedRef = object({ required: { kind: definitionKind, name } });

const patchOp = named(
  'Operation',
  wrapped({
    add_def: object({ required: { kind: definitionKind, node } }),
    replace_def: object({
      required: { kind: definitionKind, name, new_node: node, pre_hash: hashText },
    }),
    remove_def: object({ required: { kind: definitionKind, name, pre_hash: hashText } }),
    set_manifest_refs: someFieldOf(['add', 'remove'], {
      add: list(listedRef),
      remove: list(unlistedRef),
    }),
    set_defaults: object({
      required: {},
      optional: { policy: nullable(name), cap_grants: list(capGrant), pre_hash: hashText },
    }),
    set_routing_events: object({ required: { pre_hash: hashText, events: list(eventRoute) } }),
    set_routing_inboxes: object({ required: { pre_hash: hashText, inboxes: list(inbox) } }),
    set_triggers: object({ required: { pre_hash: hashText, triggers: list(trigger) } }),
    set_module_bindings: object({ required: { pre_hash: hashText, bindings: moduleBindings } }),
    set_secrets: object({ required: { pre_hash: hashText, secrets: list(namedRef) } }),
    set_features: object({ required: { pre_hash: hashText, features } }),
  }),
);

export const patchDocument = object({
  required: { base_manifest_hash: hashText, patches: someOf(patchOp) },
  optional: { version: oneOf('1') },
});

export type PatchDocument = FormValue<typeof patchDocument>;

/** One operation: an object with one field, whose name says what it does. */
export type PatchOp = FormValue<typeof patchOp>;

/** A definition inside a patch, before it is read by its kind. */
export type PatchNode = FormValue<typeof node>;
