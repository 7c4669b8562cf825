/** The sections of a manifest that a patch replaces whole, and the hash that guards each. */
import { type Encodable, type HashText, hashOf, toHashText } from '@aos/canon';
import type { Manifest } from '../forms/manifest.js';

/**
 * The hash a patch must name before it replaces a section: that of the section as it stands, where
 * an absent one counts as empty.
 */
export function sectionHash(section: object): HashText {
  return toHashText(hashOf(section as Encodable));
}

/** Sections by the operation that replaces them, as they count for {@link sectionHash}. */
export const SECTIONS = {
  set_routing_events: (manifest: Manifest) => manifest.routing?.events ?? [],
  set_routing_inboxes: (manifest: Manifest) => manifest.routing?.inboxes ?? [],
  set_triggers: (manifest: Manifest) => manifest.triggers ?? [],
  set_module_bindings: (manifest: Manifest) => manifest.module_bindings ?? {},
  set_secrets: (manifest: Manifest) => manifest.secrets ?? [],
  set_features: (manifest: Manifest) => manifest.features ?? [],
  set_defaults: (manifest: Manifest) => manifest.defaults ?? {},
} as const;

export type SectionOp = keyof typeof SECTIONS;
