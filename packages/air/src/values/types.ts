/**
 * Checks types as a graph before anything is compiled.
 *
 * G1. Every reference resolves (`schema-not-found`).
 * G2. No type contains itself, over any number of references (`schema-recursive`).
 * G3. No type is deeper than MAX_TYPE_DEPTH type nodes, references followed (`schema-depth`).
 */
import { assert } from '@aos/canon';
import type { TypeExpr } from '../forms/type-expr.js';
import { pointer } from '../json/value.js';
import type { TypeLookup } from './compile.js';

/**
 * Type nodes from the root to the deepest leaf. With this bound a value stays within the 128 levels
 * of the codec and of JSON, where a map entry may take two levels.
 */
export const MAX_TYPE_DEPTH = 64;

export interface TypeProblem {
  readonly code: 'schema-not-found' | 'schema-recursive' | 'schema-depth';
  /** Name of the schema in which the problem stands. */
  readonly schema: string;
  /** Pointer into its type. */
  readonly at: string;
  readonly message: string;
  readonly hint?: string;
}

interface Reference {
  readonly name: string;
  readonly at: string;
  /** Type nodes above the referred type. */
  readonly depth: number;
}

interface Visit {
  readonly name: string;
  readonly references: readonly Reference[];
  next: number;
  /** Deepest type node found so far. */
  depth: number;
}

export interface CheckedTypes {
  /** The roots that exist and every schema they lead to, each once, what is referred to first. */
  readonly names: readonly string[];
  /** Everything wrong with these, each place once. */
  readonly problems: readonly TypeProblem[];
}

/** Checks the named schemas and all they refer to. Roots that do not exist are passed over. */
export function checkTypes(roots: Iterable<string>, typeOf: TypeLookup): CheckedTypes {
  const check = new TypeCheck(typeOf);
  for (const root of roots) if (typeOf(root) !== undefined) check.visit(root);
  return { names: check.names(), problems: check.problems };
}

/** Names of the schemas that a type refers to by itself. */
export function referencesOf(type: TypeExpr): readonly string[] {
  const references: Reference[] = [];
  collect(type, '', 1, references);
  return references.map(({ name }) => name);
}

class TypeCheck {
  readonly problems: TypeProblem[] = [];
  /** Depth of every finished schema. */
  private readonly depths = new Map<string, number>();
  private readonly open = new Set<string>();
  private readonly stack: Visit[] = [];

  constructor(private readonly typeOf: TypeLookup) {}

  /** Depth first with an explicit stack: a chain of references may be as long as a manifest. */
  visit(root: string): void {
    if (!this.depths.has(root)) this.enter(root);
    for (let top = this.stack.at(-1); top !== undefined; top = this.stack.at(-1)) this.step(top);
  }

  names(): readonly string[] {
    return [...this.depths.keys()];
  }

  private enter(name: string): void {
    const type = this.typeOf(name);
    assert(type !== undefined, `schema ${name} is known when it is entered`);
    const references: Reference[] = [];
    const depth = collect(type, '', 1, references);
    this.open.add(name);
    this.stack.push({ name, references, next: 0, depth });
  }

  private step(visit: Visit): void {
    const reference = visit.references[visit.next];
    const known = reference === undefined ? 0 : this.depths.get(reference.name);
    if (reference === undefined) this.leave(visit);
    else if (known === undefined && this.isNew(reference, visit)) this.enter(reference.name);
    else this.pass(visit, reference, known ?? 0);
  }

  /** Moves over a reference whose target has this depth. */
  private pass(visit: Visit, reference: Reference, depth: number): void {
    visit.depth = Math.max(visit.depth, reference.depth + depth);
    visit.next += 1;
    if (visit.depth > MAX_TYPE_DEPTH) this.reportDepth(visit, reference.at);
  }

  /** False, with a problem, for a reference that leads nowhere or back. */
  private isNew({ name, at }: Reference, visit: Visit): boolean {
    const { name: schema } = visit;
    if (this.open.has(name)) {
      const message = `expected a type that ends, found ${name} inside itself`;
      const hint = 'break the circle, for instance with a key or a hash in place of the value';
      this.problems.push({ code: 'schema-recursive', schema, at, message, hint });
      return false;
    }
    if (this.typeOf(name) !== undefined) return true;
    const message = `expected a schema of this world, found no ${name}`;
    const hint = `add ${name} to the schemas of the manifest`;
    this.problems.push({ code: 'schema-not-found', schema, at, message, hint });
    return false;
  }

  private leave(visit: Visit): void {
    if (visit.depth > MAX_TYPE_DEPTH) this.reportDepth(visit, '');
    this.depths.set(visit.name, visit.depth);
    this.open.delete(visit.name);
    this.stack.pop();
  }

  /** Reports once and counts the type as shallow, so that what refers to it is not reported too. */
  private reportDepth(visit: Visit, at: string): void {
    const message = `expected at most ${MAX_TYPE_DEPTH} nested types, found ${visit.depth}`;
    this.problems.push({ code: 'schema-depth', schema: visit.name, at, message });
    visit.depth = 0;
  }
}

/** Adds the references of a type and returns its own depth; `depth` is that of the node at `at`. */
function collect(type: TypeExpr, at: string, depth: number, into: Reference[]): number {
  if ('ref' in type) {
    into.push({ name: type.ref, at: pointer(at, 'ref'), depth });
    return depth;
  }
  let deepest = depth;
  for (const [at_, inner] of innerTypes(type, at)) {
    deepest = Math.max(deepest, collect(inner, at_, depth + 1, into));
  }
  return deepest;
}

/** The types directly inside a type, with their pointers. */
function innerTypes(type: TypeExpr, at: string): readonly (readonly [string, TypeExpr])[] {
  if ('list' in type) return [[pointer(at, 'list'), type.list]];
  if ('set' in type) return [[pointer(at, 'set'), type.set]];
  if ('option' in type) return [[pointer(at, 'option'), type.option]];
  if ('map' in type) return [[`${at}/map/value`, type.map.value]];
  const word = 'record' in type ? 'record' : 'variant' in type ? 'variant' : undefined;
  const fields = 'record' in type ? type.record : 'variant' in type ? type.variant : {};
  if (word === undefined) return [];
  return Object.entries(fields).map(([name, inner]) => [
    pointer(pointer(at, word), name),
    inner as TypeExpr,
  ]);
}
