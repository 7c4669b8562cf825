/**
 * A world's definitions as the checks look them up.
 *
 * I1. What the manifest names is in it in the order of the manifest, then what the catalogue has.
 * I2. Types are handed out only when they and all they lead to are sound, so that whoever follows
 *     them neither meets a gap nor runs in a circle. What is unsound is reported by itself, once.
 */
import type { Result } from '@aos/canon';
import { BUILTINS, builtin } from '../builtins/catalogue.js';
import type { ExprOrValue } from '../expr/slot.js';
import type { Definition, DefinitionOf } from '../forms/definition.js';
import type { ExactJson } from '../forms/exact-json.js';
import {
  type AuthoredManifest,
  type CapGrant,
  REFERENCE_SECTIONS,
  type Trigger,
} from '../forms/manifest.js';
import type { DefReducerModule } from '../forms/module.js';
import type { DefinitionKind } from '../forms/names.js';
import type { TypeExpr } from '../forms/type-expr.js';
import type { CompiledSchema } from '../values/schema.js';
import { error, type Finding, type Place } from '../world/finding.js';
import { NearMisses } from './near-misses.js';
import { SoundTypes } from './sound-types.js';

/** A definition and where it stands. */
export interface Placed<T> extends Place {
  readonly value: T;
}

export type ByName<K extends DefinitionKind> = ReadonlyMap<string, Placed<DefinitionOf<K>>>;

/** A grant of the manifest, and the capability it is a grant of. */
export interface IndexedGrant {
  readonly grant: CapGrant;
  /** Pointer into the manifest. */
  readonly at: string;
  /** Undefined when there is no such capability, which is reported with the grant. */
  readonly capType: string | undefined;
}

/** What the loader hands over. */
export interface IndexSource {
  readonly manifest: Placed<AuthoredManifest>;
  /** A definition of the world's own; undefined for what is built in or could not be read. */
  readonly find: (kind: DefinitionKind, name: string) => Placed<Definition> | undefined;
  /** How slots are read: as people write them, or as they are stored. */
  readonly parseSlot: ParseSlot;
}

export type ParseSlot = (
  json: ExactJson,
  schema: CompiledSchema | undefined,
) => Result<ExprOrValue>;

/** Where definitions of the catalogue stand. */
export const CATALOGUE_FILE = 'sys';

/** Parameter types of capabilities are checked like schemas, under names that no schema has. */
const PARAMS_OF = 'params of ';

const paramsOf = (cap: string): string => `${PARAMS_OF}${cap}`;

export class DefinitionIndex {
  readonly manifest: Placed<AuthoredManifest>;
  readonly parseSlot: ParseSlot;
  readonly schemas: ByName<'defschema'>;
  readonly modules: ByName<'defmodule'>;
  readonly plans: ByName<'defplan'>;
  readonly caps: ByName<'defcap'>;
  readonly policies: ByName<'defpolicy'>;
  readonly effects: ByName<'defeffect'>;
  readonly secrets: ByName<'defsecret'>;
  readonly migrations: ByName<'defmigration'>;
  /** By kind; of two effects of one kind the first. */
  readonly effectsByKind: ByName<'defeffect'>;
  /** By name; of two grants of one name the first. */
  readonly grants: ReadonlyMap<string, IndexedGrant>;
  /** Types of capabilities that effects need or capabilities have. */
  readonly capTypes: ReadonlySet<string>;
  /** By the plan that they start. */
  readonly triggers: ReadonlyMap<string, readonly Trigger[]>;
  readonly types: SoundTypes;
  private readonly listed: ReadonlySet<string>;
  private readonly near = new NearMisses();

  constructor(source: IndexSource) {
    this.manifest = source.manifest;
    this.parseSlot = source.parseSlot;
    const found = definitionsOf(source);
    this.listed = listedIn(source.manifest.value);
    this.schemas = byName('defschema', found);
    this.modules = byName('defmodule', found);
    this.plans = byName('defplan', found);
    this.caps = byName('defcap', found);
    this.policies = byName('defpolicy', found);
    this.effects = byName('defeffect', found);
    this.secrets = byName('defsecret', found);
    this.migrations = byName('defmigration', found);
    this.effectsByKind = firstBy(this.effects.values(), ({ value }) => value.kind);
    this.grants = firstBy(this.placeGrants(), ({ grant }) => grant.name);
    this.capTypes = new Set(
      [...this.caps.values(), ...this.effects.values()].map(({ value }) => value.cap_type),
    );
    this.triggers = groupBy(source.manifest.value.triggers ?? [], ({ plan }) => plan);
    const roots = [...this.schemas.keys(), ...[...this.caps.keys()].map(paramsOf)];
    this.types = new SoundTypes(roots, (name) => this.writtenType(name));
  }

  /** False for what the world has only because it is built in. */
  isListed({ $kind, name }: Definition): boolean {
    return this.listed.has(`${$kind} ${name}`);
  }

  /** What a schema is written as, sound or not. */
  writtenType(name: string): TypeExpr | undefined {
    if (!name.startsWith(PARAMS_OF)) return this.schemas.get(name)?.value.type;
    return this.caps.get(name.slice(PARAMS_OF.length))?.value.schema;
  }

  /** The name under which the parameters of a capability are checked like a schema. */
  paramsName(cap: string): string {
    return paramsOf(cap);
  }

  /** The schema of a capability's parameters; undefined when it is not sound. */
  paramsSchema(cap: string): CompiledSchema | undefined {
    return this.types.schema(paramsOf(cap));
  }

  reducer(name: string): Placed<DefReducerModule> | undefined {
    const module = this.modules.get(name);
    return module?.value.module_kind === 'reducer'
      ? (module as Placed<DefReducerModule>)
      : undefined;
  }

  /** The finding of a name that nothing has, with the near miss or the advice as its hint. */
  missing(code: MissingCode, path: string, found: string): Finding {
    const [expected, known, advice] = this.expectation(code);
    const hint = this.near.hint(found, known, advice);
    return error(code, path, `expected ${expected}, found ${found}`, hint);
  }

  /** A hint that names the nearest of the known names. */
  hint(found: string, known: Iterable<string>, advice?: string): string | undefined {
    return this.near.hint(found, known, advice);
  }

  private expectation(code: MissingCode): readonly [string, Iterable<string>, string] {
    switch (code) {
      case 'schema-not-found':
        return ['a schema of this world', this.schemas.keys(), 'add it to the schemas'];
      case 'plan-not-found':
        return ['a plan of this world', this.plans.keys(), 'add it to the plans'];
      case 'module-not-found':
        return ['a module of this world', this.modules.keys(), 'add it to the modules'];
      case 'cap-not-found':
        return ['a capability of this world', this.caps.keys(), 'add it to the caps'];
      case 'policy-not-found':
        return ['a policy of this world', this.policies.keys(), 'add it to the policies'];
      case 'effect-not-found':
        return ['the kind of an effect', this.effectsByKind.keys(), 'add its effect'];
      case 'grant-not-found':
        return ['a grant of this world', this.grants.keys(), 'add it to defaults.cap_grants'];
      default:
        return ['a reducer of this world', this.modules.keys(), 'add it to the modules'];
    }
  }

  private placeGrants(): readonly IndexedGrant[] {
    return (this.manifest.value.defaults?.cap_grants ?? []).map((grant, i) => ({
      grant,
      at: `/defaults/cap_grants/${i}`,
      capType: this.caps.get(grant.cap)?.value.cap_type,
    }));
  }
}

/** Codes of names that lead nowhere. */
export type MissingCode =
  | 'schema-not-found'
  | 'plan-not-found'
  | 'module-not-found'
  | 'cap-not-found'
  | 'policy-not-found'
  | 'effect-not-found'
  | 'grant-not-found'
  | 'reducer-not-found'
  | 'inbox-unknown-reducer';

function definitionsOf({ manifest, find }: IndexSource): readonly Placed<Definition>[] {
  const listed = REFERENCE_SECTIONS.flatMap(([section, kind]) =>
    (manifest.value[section] ?? []).flatMap(({ name }) => {
      return find(kind, name) ?? placed(builtin(kind, name)) ?? [];
    }),
  );
  return [...listed, ...BUILTINS.flatMap((each) => placed(each) ?? [])];
}

function listedIn(manifest: AuthoredManifest): ReadonlySet<string> {
  return new Set(
    REFERENCE_SECTIONS.flatMap(([section, kind]) =>
      (manifest[section] ?? []).map(({ name }) => `${kind} ${name}`),
    ),
  );
}

function placed(value: Definition | undefined): Placed<Definition> | undefined {
  return value === undefined ? undefined : { value, file: CATALOGUE_FILE, at: '' };
}

function byName<K extends DefinitionKind>(
  kind: K,
  found: readonly Placed<Definition>[],
): ByName<K> {
  const ofKind = found.filter((each): each is Placed<DefinitionOf<K>> => each.value.$kind === kind);
  return firstBy(ofKind, ({ value }) => value.name);
}

function firstBy<T>(items: Iterable<T>, keyOf: (item: T) => string): ReadonlyMap<string, T> {
  const first = new Map<string, T>();
  for (const item of items) if (!first.has(keyOf(item))) first.set(keyOf(item), item);
  return first;
}

function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
