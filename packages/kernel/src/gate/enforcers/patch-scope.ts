/**
 * What a grant of `governance` lets a patch touch: sections of the manifest and names.
 *
 * An effect only names its patch, which is no part of its parameters; so this is asked when the
 * patch is proposed for it, of the grant in force then.
 */
import type { Manifest } from '@aos/air';
import { decode, type Encodable, encode, toHex, type Value } from '@aos/canon';
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
  /** Of all definitions that it brings, changes or removes, and all that changed rows name. */
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
  for (const section of touched) {
    if (sections === undefined || sections.has(section)) continue;
    const advice = `add ${section} to sections, or change only ${nameValues(sections)}`;
    return denial('section-not-allowed', grant, 'sections', advice);
  }
  for (const name of names) {
    if (namespaces === undefined || isWithin(name, namespaces)) continue;
    const known = nameValues(namespaces);
    const advice = `add the namespace of ${name}, or name only what is in ${known}`;
    return denial('namespace-not-allowed', grant, 'namespaces', advice);
  }
  return undefined;
}

/** A namespace is what stands before the slash of a name. */
function isWithin(name: string, namespaces: ReadonlySet<string>): boolean {
  const slash = name.indexOf('/');
  return slash > 0 && namespaces.has(name.slice(0, slash));
}

/** What a patch document touches of the manifest that it starts from, operation by operation. */
export function summarizePatch(document: Value, base: Manifest): PatchSummary {
  const found: Found = { sections: new Set(), names: new Set() };
  const manifest = decode(encode(base as Encodable));
  const before = manifest.ok ? manifest.value : null;
  for (const op of itemsOf(fieldOf(document, 'patches'))) {
    for (const [name, body] of op instanceof Map ? op : NOTHING) {
      if (typeof name === 'string' && body instanceof Map) readOp({ name, body, before }, found);
    }
  }
  return found;
}

type Body = ReadonlyMap<Value, Value>;
const NOTHING: Body = new Map();
interface Found {
  readonly sections: Set<string>;
  readonly names: Set<string>;
}
interface Op {
  readonly name: string;
  readonly body: Body;
  /** The manifest that the patch starts from. */
  readonly before: Value;
}

function readOp({ name, body, before }: Op, found: Found): void {
  switch (name) {
    case 'add_def':
    case 'replace_def':
    case 'remove_def':
      readDefinition(body, found);
      return;
    case 'set_manifest_refs':
      for (const list of [body.get('add'), body.get('remove')]) {
        for (const ref of itemsOf(list)) if (ref instanceof Map) readDefinition(ref, found);
      }
      return;
    default:
      // set_defaults, set_routing_events, … : the section is what is set
      found.sections.add(name.replace(/^set_/, ''));
      readRows(rowsOf(body), rowsOf(sectionBefore(name, before)), found);
  }
}

function readDefinition(body: Body, { sections, names }: Found): void {
  const section = SECTIONS.get(body.get('kind') ?? null);
  if (section !== undefined) sections.add(section);
  for (const holder of [body, body.get('node'), body.get('new_node')]) {
    const name = fieldOf(holder, 'name');
    if (typeof name === 'string') names.add(name);
  }
}

/** What an operation sets as it is now, by the names of its fields. */
function sectionBefore(op: string, before: Value): Value {
  const routing = fieldOf(before, 'routing') ?? null;
  switch (op) {
    case 'set_defaults':
      return fieldOf(before, 'defaults') ?? null;
    case 'set_routing_events':
    case 'set_routing_inboxes':
      return routing;
    case 'set_module_bindings':
      return new Map([['bindings', fieldOf(before, 'module_bindings') ?? null]]);
    default:
      return before;
  }
}

/** Fields that hold rows, each with those fields of a row that are names. */
const ROWS: ReadonlyMap<string, readonly string[]> = new Map([
  ['cap_grants', ['name', 'cap', 'parent']],
  ['events', ['event', 'reducer']],
  ['inboxes', ['reducer']],
  ['triggers', ['event', 'plan']],
  ['secrets', ['name']],
]);

interface Row {
  /** Rows of one text say the same. */
  readonly text: string;
  readonly names: readonly string[];
}
type Rows = ReadonlyMap<string, readonly Row[]>;

/** The rows of a section by its fields. */
function rowsOf(section: Value): Rows {
  const rows = new Map<string, readonly Row[]>();
  for (const [field, fields] of ROWS) {
    const list = fieldOf(section, field);
    if (list === undefined) continue;
    rows.set(
      field,
      itemsOf(list).map((row) => rowOf(row, textsOf(fields.map((name) => fieldOf(row, name))))),
    );
  }
  const policy = fieldOf(section, 'policy');
  if (policy !== undefined) rows.set('policy', [rowOf(policy, [policy])]);
  const bindings = fieldOf(section, 'bindings');
  if (!(bindings instanceof Map)) return rows;
  const bound = [...bindings].map(([module, slots]) => {
    const grants = fieldOf(slots, 'slots');
    const names = [module, ...(grants instanceof Map ? grants.values() : [])];
    return rowOf([module, slots], textsOf(names));
  });
  return rows.set('bindings', bound);
}

const rowOf = (row: Value, names: readonly Value[]): Row => ({
  text: toHex(encode(row as Encodable)),
  names: textsOf(names),
});

const textOf = ({ text }: Row): string => text;

/** All names of rows that come, go, or stand in another order. A field left out stays. */
function readRows(after: Rows, before: Rows, { names }: Found): void {
  for (const [field, there] of after) {
    const here = before.get(field) ?? [];
    const [known, kept] = [new Set(here.map(textOf)), new Set(there.map(textOf))];
    const stay = there.map(textOf).filter((text) => known.has(text));
    const stayed = here.map(textOf).filter((text) => kept.has(text));
    const isMoved = stay.join() !== stayed.join();
    const touched = isMoved
      ? [...here, ...there]
      : [
          ...here.filter(({ text }) => !kept.has(text)),
          ...there.filter(({ text }) => !known.has(text)),
        ];
    for (const row of touched) for (const name of row.names) names.add(name);
  }
}

function fieldOf(value: Value | undefined, name: string): Value | undefined {
  return value instanceof Map ? value.get(name) : undefined;
}

function itemsOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

function textsOf(values: readonly (Value | undefined)[]): readonly string[] {
  return values.filter((value) => typeof value === 'string');
}
