/** Resolves what a manifest refers to, and fills the hashes that authors leave out. */
import { toHashText } from '@aos/canon';
import { builtinHash } from '../builtins/catalogue.js';
import type { Definition } from '../forms/definition.js';
import {
  type AuthoredManifest,
  type AuthoredRef,
  type Manifest,
  type NamedRef,
  REFERENCE_SECTIONS,
  type ReferenceSection,
} from '../forms/manifest.js';
import { ZERO_HASH_TEXT } from '../forms/module.js';
import type { DefinitionKind } from '../forms/names.js';
import { newJsonObject } from '../json/value.js';
import type { AuthoredManifestNode } from './documents.js';
import { error, type Finding, type Place, pathOf, warning } from './finding.js';
import type { Node } from './node.js';

/** Definitions by kind and name. */
export class Definitions<T extends { readonly value: Definition } = Node<Definition>> {
  private readonly nodes = new Map<string, T>();

  constructor(nodes: Iterable<T>) {
    for (const node of nodes) this.nodes.set(`${node.value.$kind} ${node.value.name}`, node);
  }

  get(kind: DefinitionKind, name: string): T | undefined {
    return this.nodes.get(`${kind} ${name}`);
  }

  values(): IterableIterator<T> {
    return this.nodes.values();
  }
}

/** A section names each definition once. */
export function checkDuplicates(
  manifest: Place & { readonly value: AuthoredManifest },
): readonly Finding[] {
  return REFERENCE_SECTIONS.flatMap(([section]) => {
    const seen = new Set<string>();
    return (manifest.value[section] ?? []).flatMap(({ name }, i) => {
      const isNew = !seen.has(name);
      seen.add(name);
      const path = pathOf(manifest, `/${section}/${i}`);
      return isNew ? [] : [error('reference-duplicate', path, `expected ${name} once`)];
    });
  });
}

export interface Resolved {
  /** With every hash filled; undefined when one cannot be. */
  readonly manifest: Manifest | undefined;
  /** The definitions that the manifest names and the catalogue does not have. */
  readonly definitions: Definitions;
  readonly findings: readonly Finding[];
}

/** Fills every reference from the definitions at hand, then from the catalogue. */
export function resolveReferences(
  manifest: AuthoredManifestNode,
  definitions: Definitions,
): Resolved {
  const resolving = new Resolving(manifest, definitions);
  const filled: { [section: string]: readonly NamedRef[] } = {};
  for (const [section, kind] of REFERENCE_SECTIONS) {
    const refs = manifest.value[section];
    if (refs !== undefined) filled[section] = resolving.section(section, kind, refs);
  }
  resolving.reportUnlisted();
  return {
    manifest: resolving.isComplete
      ? (Object.assign(newJsonObject(), manifest.value, filled) as unknown as Manifest)
      : undefined,
    definitions: new Definitions(resolving.used),
    findings: resolving.findings,
  };
}

class Resolving {
  readonly findings: Finding[] = [];
  readonly used = new Set<Node<Definition>>();
  private readonly listed = new Set<Node<Definition>>();
  isComplete = true;

  constructor(
    private readonly manifest: AuthoredManifestNode,
    private readonly definitions: Definitions,
  ) {}

  section(
    section: ReferenceSection,
    kind: DefinitionKind,
    refs: readonly AuthoredRef[],
  ): NamedRef[] {
    return refs.flatMap((ref, i) => {
      const path = pathOf(this.manifest, `/${section}/${i}`);
      const hash = this.hashOf(kind, ref, path);
      if (hash === undefined) this.isComplete = false;
      return hash === undefined ? [] : [namedRef(ref.name, hash)];
    });
  }

  reportUnlisted(): void {
    for (const node of this.definitions.values()) {
      if (this.listed.has(node)) continue;
      const { $kind, name } = node.value;
      const message = `${$kind} ${name} is in no section of the manifest, so the world lacks it`;
      this.findings.push(warning('definition-unlisted', pathOf(node), message));
    }
  }

  private hashOf(kind: DefinitionKind, ref: AuthoredRef, path: string): string | undefined {
    const found = this.find(kind, ref.name);
    if (found === undefined) {
      const message = `expected a ${kind} named ${ref.name} without errors, found none`;
      const hint = 'add its definition, or take it out of the manifest';
      this.findings.push(error('definition-missing', path, message, hint));
      return undefined;
    }
    const isBlank = ref.hash === undefined || ref.hash === '' || ref.hash === ZERO_HASH_TEXT;
    if (!isBlank && ref.hash !== found) {
      const message = `expected the hash of ${ref.name}, ${found}, found ${ref.hash}`;
      const hint = 'leave the hash out to have it filled';
      this.findings.push(error('hash-mismatch', `${path}/hash`, message, hint));
    }
    return found;
  }

  private find(kind: DefinitionKind, name: string): string | undefined {
    const node = this.definitions.get(kind, name);
    const builtin = builtinHash(kind, name);
    if (node === undefined) return builtin === undefined ? undefined : toHashText(builtin);
    this.listed.add(node);
    const own = toHashText(node.hash);
    if (builtin === undefined) this.used.add(node);
    else if (toHashText(builtin) !== own) {
      const message = `expected the built-in ${name}, ${toHashText(builtin)}, found ${own}`;
      const hint = 'take the definition out: what is built in needs none';
      this.findings.push(error('builtin-changed', pathOf(node), message, hint));
    }
    return own;
  }
}

function namedRef(name: string, hash: string): NamedRef {
  return Object.assign(Object.create(null), { name, hash }) as NamedRef;
}
