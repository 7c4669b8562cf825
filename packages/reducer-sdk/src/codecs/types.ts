/** From type expressions to codecs: names are given to types, and each is declared once. */
import type { TypeExpr, TypeFields } from '@aos/air';
import { assert, compareBytes, encodeUntagged } from '@aos/canon';
import { type Codec, SCALAR_CODECS } from './codec.js';
import { listCodec, mapCodec, optionCodec, setCodec } from './containers.js';
import { toPascalCase } from './identifiers.js';
import { recordCodec } from './records.js';
import type { SourceFile } from './source-file.js';
import { variantCodec } from './variants.js';

/** The type that a schema name stands for. */
export type TypeLookup = (name: string) => TypeExpr | undefined;

type Declare = (content: Codec, id: string, file: SourceFile) => Codec;

export class TypeTable {
  private readonly schemas = new Map<string, Codec>();
  private readonly containers = new Map<string, Codec>();

  /** `names` are the types of schemas. Every reference was checked to resolve and to end. */
  constructor(
    private readonly file: SourceFile,
    private readonly typeOf: TypeLookup,
    private readonly names: ReadonlyMap<string, string>,
  ) {}

  schema(name: string): Codec {
    const known = this.schemas.get(name);
    if (known !== undefined) return known;
    const type = this.typeOf(name);
    const typeName = this.names.get(name);
    assert(type !== undefined && typeName !== undefined, `schema ${name} was checked and named`);
    const codec = this.declared(type, typeName) ?? this.undeclared(type, typeName);
    this.schemas.set(name, codec);
    return codec;
  }

  /** A type inside another; `name` is what it is called if it must be declared. */
  private inner(type: TypeExpr, name: string): Codec {
    if (!('record' in type || 'variant' in type)) return this.undeclared(type, name);
    const declared = this.declared(type, this.file.types.take(name));
    assert(declared !== undefined, 'records and variants are declared');
    return declared;
  }

  private declared(type: TypeExpr, name: string): Codec | undefined {
    if ('record' in type) return recordCodec(name, this.members(type.record, name), this.file);
    if ('variant' in type) return variantCodec(name, this.members(type.variant, name), this.file);
    return undefined;
  }

  private undeclared(type: TypeExpr, name: string): Codec {
    if ('ref' in type) return this.schema(type.ref);
    if ('option' in type)
      return this.container('Option', this.inner(type.option, name), optionCodec);
    const inside = `${name}Item`;
    if ('list' in type) return this.container('List', this.inner(type.list, inside), listCodec);
    if ('set' in type) return this.container('Set', this.inner(type.set, inside), setCodec);
    if (!('map' in type)) return scalarOf(type);
    const key = scalarOf(type.map.key);
    const value = this.inner(type.map.value, inside);
    return this.container(`${key.id}Map`, value, (content, id, file) =>
      mapCodec(key, content, id, file),
    );
  }

  /** In canonical order, so that the order in a file does not matter. */
  private members(fields: TypeFields, name: string): readonly (readonly [string, Codec])[] {
    const inOrder = Object.entries(fields).sort(([a], [b]) =>
      compareBytes(encodeUntagged(a), encodeUntagged(b)),
    );
    return inOrder.map(([field, type]) => [
      field,
      this.inner(type, `${name}${toPascalCase(field)}`),
    ]);
  }

  private container(kind: string, content: Codec, declare: Declare): Codec {
    const hint = `${kind}Of${content.id}`;
    const known = this.containers.get(hint);
    if (known !== undefined) return known;
    const codec = declare(content, this.file.functions.take(hint), this.file);
    this.containers.set(hint, codec);
    return codec;
  }
}

function scalarOf(type: TypeExpr): Codec {
  const [word = ''] = Object.keys(type);
  const codec = SCALAR_CODECS[word];
  assert(codec !== undefined, `${word} is a scalar type`);
  return codec;
}
