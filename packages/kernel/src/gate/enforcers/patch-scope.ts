/**
 * What a grant of `governance` lets a patch touch: sections of the manifest and names.
 *
 * An effect only names its patch, which is no part of its parameters; so this is asked when the
 * patch is proposed for it, of the grant in force then.
 */
import type { Value } from '@aos/canon';
import type { Denial } from '../decision.js';
import { type CapParams, denial, nameValues } from './constraint.js';

/** Undefined where a grant constrains nothing. */
export interface PatchScope {
  readonly sections: ReadonlySet<string> | undefined;
  readonly namespaces: ReadonlySet<string> | undefined;
}

/** What a patch touches. */
export interface PatchSummary {
  /** Sections of the manifest, as `plans` or `routing_events`. */
  readonly sections: ReadonlySet<string>;
  /** Of all definitions, grants and policies that it names. */
  readonly names: ReadonlySet<string>;
}

const SECTIONS: ReadonlyMap<Value, string> = new Map([
  ['defschema', 'schemas'],
  ['defmodule', 'modules'],
  ['defplan', 'plans'],
  ['defeffect', 'effects'],
  ['defcap', 'caps'],
  ['defpolicy', 'policies'],
  ['defsecret', 'secrets'],
  ['defmigration', 'migrations'],
]);

/** Takes the limits from the parameters of a grant; they are read only once. */
export function readPatchScope(params: CapParams): PatchScope {
  return { sections: params.texts('sections'), namespaces: params.texts('namespaces') };
}

/** Codes: `section-not-allowed`, `namespace-not-allowed`. */
export function checkPatchScope(
  { sections, namespaces }: PatchScope,
  { sections: touched, names }: PatchSummary,
  grant: string,
): Denial | undefined {
  const section = [...touched].find((each) => sections?.has(each) === false);
  if (sections !== undefined && section !== undefined) {
    const advice = `add ${section} to sections, or change only ${nameValues(sections)}`;
    return denial('section-not-allowed', grant, 'sections', advice);
  }
  const name = [...names].find((each) => namespaces !== undefined && !isWithin(each, namespaces));
  if (namespaces === undefined || name === undefined) return undefined;
  const advice = `add the namespace of ${name}, or name only what is in ${nameValues(namespaces)}`;
  return denial('namespace-not-allowed', grant, 'namespaces', advice);
}

/** A namespace is what stands before the slash of a name. */
function isWithin(name: string, namespaces: ReadonlySet<string>): boolean {
  const slash = name.indexOf('/');
  return slash > 0 && namespaces.has(name.slice(0, slash));
}

/** What a patch document touches, operation by operation. */
export function summarizePatch(document: Value): PatchSummary {
  const sections = new Set<string>();
  const names = new Set<string>();
  const patches = document instanceof Map ? document.get('patches') : undefined;
  for (const op of Array.isArray(patches) ? patches : []) {
    for (const [name, body] of op instanceof Map ? op : []) {
      if (typeof name === 'string' && body instanceof Map) readOp(name, body, { sections, names });
    }
  }
  return { sections, names };
}

type Body = ReadonlyMap<Value, Value>;
interface Found {
  readonly sections: Set<string>;
  readonly names: Set<string>;
}

function readOp(op: string, body: Body, found: Found): void {
  switch (op) {
    case 'add_def':
    case 'replace_def':
    case 'remove_def':
      readDefinition(body, found);
      return;
    case 'set_manifest_refs':
      for (const list of [body.get('add'), body.get('remove')]) {
        for (const ref of Array.isArray(list) ? list : []) {
          if (ref instanceof Map) readDefinition(ref, found);
        }
      }
      return;
    default:
      // set_defaults, set_routing_events, … : the section is what is set
      found.sections.add(op.replace(/^set_/, ''));
  }
}

function readDefinition(body: Body, { sections, names }: Found): void {
  const section = SECTIONS.get(body.get('kind') ?? null);
  if (section !== undefined) sections.add(section);
  for (const holder of [body, body.get('node'), body.get('new_node')]) {
    const name = holder instanceof Map ? holder.get('name') : undefined;
    if (typeof name === 'string') names.add(name);
  }
}
