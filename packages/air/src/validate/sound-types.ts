/** The types of a world that can be followed without meeting a gap or a circle. */
import type { TypeExpr } from '../forms/type-expr.js';
import { SchemaCompiler, type TypeLookup } from '../values/compile.js';
import type { CompiledSchema } from '../values/schema.js';
import { type CheckedTypes, checkTypes, referencesOf } from '../values/types.js';
import { TypeIdentity } from './type-identity.js';

export class SoundTypes {
  /** Every schema that the roots lead to, what it refers to before itself; and what is wrong. */
  readonly checked: CheckedTypes;
  readonly identity: TypeIdentity;
  /** The type of a sound schema; undefined for any other. */
  readonly typeOf: TypeLookup;
  private readonly compiler: SchemaCompiler;

  /** @param typeOf types as written, sound or not. */
  constructor(roots: Iterable<string>, typeOf: TypeLookup) {
    this.checked = checkTypes(roots, typeOf);
    const sound = soundSchemas(this.checked, typeOf);
    this.typeOf = (name) => sound.get(name);
    this.identity = new TypeIdentity(this.typeOf);
    this.compiler = new SchemaCompiler(this.typeOf);
  }

  /** True when both schemas are sound and describe the same values. */
  isSame(a: string, b: string): boolean {
    return this.areSound(a, b) && this.identity.ofSchema(a) === this.identity.ofSchema(b);
  }

  /** True when both schemas are sound and describe different values. */
  isOther(a: string, b: string): boolean {
    return this.areSound(a, b) && this.identity.ofSchema(a) !== this.identity.ofSchema(b);
  }

  /** Undefined for schemas that are not sound or not there. */
  schema(name: string): CompiledSchema | undefined {
    return this.typeOf(name) === undefined ? undefined : this.compiler.schema(name);
  }

  private areSound(a: string, b: string): boolean {
    return this.typeOf(a) !== undefined && this.typeOf(b) !== undefined;
  }
}

/** A schema is sound when nothing is wrong with it and all it refers to is sound. */
function soundSchemas(
  { names, problems }: CheckedTypes,
  typeOf: TypeLookup,
): ReadonlyMap<string, TypeExpr> {
  const wrong = new Set(problems.map(({ schema }) => schema));
  const sound = new Map<string, TypeExpr>();
  for (const name of names) {
    const type = typeOf(name);
    if (type === undefined || wrong.has(name)) continue;
    if (referencesOf(type).every((each) => sound.has(each))) sound.set(name, type);
  }
  return sound;
}
