/**
 * Turns type expressions into compiled schemas: closures built once, not interpreted per value.
 *
 * Only for types that `checkTypes` found nothing wrong with: every reference resolves, nothing
 * refers to itself, and no type is deeper than the bound, so building and running recurse safely.
 */
import { assert } from '@aos/canon';
import type { TypeExpr, TypeFields } from '../forms/type-expr.js';
import { mapNode } from './map.js';
import type { TypeNode } from './node.js';
import { recordNode } from './record.js';
import { SCALARS } from './scalars.js';
import { type CompiledSchema, compiledSchema } from './schema.js';
import { listNode, optionNode, setNode } from './sequence.js';
import {
  listType,
  mapType,
  optionType,
  recordType,
  SCALAR_TYPES,
  setType,
  type ValueType,
  variantType,
} from './value-type.js';
import { variantNode } from './variant.js';

/** The type that a schema name stands for; undefined when there is none. */
export type TypeLookup = (name: string) => TypeExpr | undefined;

/** Compiles schemas by name, each once. */
export class SchemaCompiler {
  private readonly nodes = new Map<string, TypeNode>();
  private readonly types = new Map<string, ValueType>();
  private readonly schemas = new Map<string, CompiledSchema>();

  constructor(private readonly typeOf: TypeLookup) {}

  schema(name: string): CompiledSchema {
    const known = this.schemas.get(name);
    if (known !== undefined) return known;
    const schema = compiledSchema(name, this.named(name), this.namedType(name));
    this.schemas.set(name, schema);
    return schema;
  }

  private named(name: string): TypeNode {
    const known = this.nodes.get(name);
    if (known !== undefined) return known;
    const type = this.typeOf(name);
    assert(type !== undefined, `schema ${name} was checked before it is compiled`);
    const node = this.node(type);
    this.nodes.set(name, node);
    return node;
  }

  private node(type: TypeExpr): TypeNode {
    if ('record' in type) return recordNode(this.fields(type.record));
    if ('variant' in type) return variantNode(this.fields(type.variant));
    if ('list' in type) return listNode(this.node(type.list));
    if ('set' in type) return setNode(this.node(type.set));
    if ('option' in type) return optionNode(this.node(type.option));
    if ('ref' in type) return this.named(type.ref);
    if ('map' in type) {
      const sugar = 'text' in type.map.key ? 'object' : 'pairs';
      return mapNode(this.node(type.map.key), this.node(type.map.value), sugar);
    }
    return SCALARS[Object.keys(type)[0] as keyof typeof SCALARS];
  }

  private fields(types: TypeFields): ReadonlyMap<string, TypeNode> {
    return new Map(Object.entries(types).map(([name, type]) => [name, this.node(type)]));
  }

  private namedType(name: string): ValueType {
    const known = this.types.get(name);
    if (known !== undefined) return known;
    const written = this.typeOf(name);
    assert(written !== undefined, `schema ${name} was checked before it is compiled`);
    const type = this.type(written);
    this.types.set(name, type);
    return type;
  }

  private type(type: TypeExpr): ValueType {
    if ('record' in type) return recordType(this.typeFields(type.record));
    if ('variant' in type) return variantType(this.typeFields(type.variant));
    if ('list' in type) return listType(this.type(type.list));
    if ('set' in type) return setType(this.type(type.set));
    if ('option' in type) return optionType(this.type(type.option));
    if ('ref' in type) return this.namedType(type.ref);
    if ('map' in type) return mapType(this.type(type.map.key), this.type(type.map.value));
    return SCALAR_TYPES[Object.keys(type)[0] as keyof typeof SCALAR_TYPES];
  }

  private typeFields(types: TypeFields): ReadonlyMap<string, ValueType> {
    return new Map(Object.entries(types).map(([name, type]) => [name, this.type(type)]));
  }
}
