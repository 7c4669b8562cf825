/** Tells whether two types describe the same values, whatever their schemas are called. */
import type { TypeExpr, TypeFields } from '../forms/type-expr.js';
import type { TypeLookup } from '../values/compile.js';

/** The identity of a type that has none: a reference that leads nowhere equals only itself. */
const UNKNOWN = 'unknown';

/**
 * Numbers types so that two are equal exactly if their numbers are: references count as their
 * targets, the order of fields does not count. Each schema is read once, so deep sharing is cheap.
 *
 * The lookup must not lead in a circle.
 */
export class TypeIdentity {
  private readonly ids = new Map<string, number>();
  private readonly schemas = new Map<string, number>();

  constructor(private readonly typeOf: TypeLookup) {}

  of(type: TypeExpr): number {
    if ('ref' in type) return this.ofSchema(type.ref);
    if ('record' in type) return this.number(`record ${this.fields(type.record)}`);
    if ('variant' in type) return this.number(`variant ${this.fields(type.variant)}`);
    if ('list' in type) return this.number(`list ${this.of(type.list)}`);
    if ('set' in type) return this.number(`set ${this.of(type.set)}`);
    if ('option' in type) return this.number(`option ${this.of(type.option)}`);
    if ('map' in type) {
      return this.number(`map ${Object.keys(type.map.key)[0]} ${this.of(type.map.value)}`);
    }
    return this.number(Object.keys(type)[0] ?? UNKNOWN);
  }

  ofSchema(name: string): number {
    const known = this.schemas.get(name);
    if (known !== undefined) return known;
    const type = this.typeOf(name);
    const id = type === undefined ? this.number(`${UNKNOWN} ${name}`) : this.of(type);
    this.schemas.set(name, id);
    return id;
  }

  private fields(types: TypeFields): string {
    const named = Object.entries(types).map(([name, type]) => [name, this.of(type)] as const);
    return JSON.stringify(named.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private number(shape: string): number {
    const known = this.ids.get(shape);
    if (known !== undefined) return known;
    this.ids.set(shape, this.ids.size);
    return this.ids.size - 1;
  }
}
