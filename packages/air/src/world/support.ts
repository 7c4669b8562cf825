/**
 * Names the parts of the language that worlds cannot use yet.
 *
 * A world is never opened with half of its meaning: each part that would be ignored is an error.
 */
import type { AuthoredManifest, ReferenceSection } from '../forms/manifest.js';
import type { DefModule } from '../forms/module.js';
import { error, type Finding, type Place, pathOf } from './finding.js';
import type { Node } from './node.js';

const LATER_SECTIONS = [
  'plans',
  'caps',
  'policies',
  'effects',
  'secrets',
  'migrations',
] as const satisfies readonly ReferenceSection[];

/** Sections whose definitions worlds cannot use yet. */
export function isLaterSection(section: ReferenceSection): boolean {
  return (LATER_SECTIONS as readonly string[]).includes(section);
}

/** Parts of the manifest; its references need not be filled. */
export function checkManifestSupport(manifest: AuthoredManifest, place: Place): Finding[] {
  const parts: readonly (readonly [string, readonly unknown[] | undefined])[] = [
    ...LATER_SECTIONS.map((section) => [section, manifest[section]] as const),
    ['defaults/policy', manifest.defaults?.policy === undefined ? [] : [manifest.defaults.policy]],
    ['defaults/cap_grants', manifest.defaults?.cap_grants],
    ['module_bindings', Object.keys(manifest.module_bindings ?? {})],
    ['routing/inboxes', manifest.routing?.inboxes],
    ['triggers', manifest.triggers],
    ['features', manifest.features],
  ];
  return parts
    .filter(([, items]) => items !== undefined && items.length > 0)
    .map(([part]) => notYet(`manifest.${part.replace('/', '.')}`, pathOf(place, `/${part}`)));
}

/** Parts of a module. */
export function checkModuleSupport(module: Node<DefModule>): Finding[] {
  const { value } = module;
  if (value.module_kind === 'pure') return [];
  const { effects_emitted, cap_slots } = value.abi.reducer;
  const findings: Finding[] = [];
  if (value.key_schema !== undefined) {
    findings.push(notYet('keyed reducers (key_schema)', pathOf(module, '/key_schema')));
  }
  if (effects_emitted !== undefined) {
    const path = pathOf(module, '/abi/reducer/effects_emitted');
    findings.push(notYet('effects of reducers (effects_emitted)', path));
  }
  if (cap_slots !== undefined) {
    findings.push(notYet('capability slots', pathOf(module, '/abi/reducer/cap_slots')));
  }
  return findings;
}

function notYet(part: string, path: string): Finding {
  return error('not-supported-yet', path, `${part} is not supported yet`);
}
