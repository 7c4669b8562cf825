/**
 * From definitions to TypeScript: the shapes and types that a script is written against.
 *
 * 1. The same definitions give the same text, whatever the order in which they stand.
 * 2. A schema stands behind those that it refers to.
 */
import { compileSchemas, type TypeExpr, type TypeFields } from '@aos/air';
import { ok, type Result, refuse } from '@aos/canon';
import { Identifiers, toPascalCase } from './identifiers.js';
import type { ModuleTypes } from './module-types.js';
import {
  effectParams,
  inOrder,
  namesIn,
  nameTypes,
  reached,
  referencesOf,
  schemasOf,
} from './reachable.js';

/** Longest line that is not broken. */
const COLUMNS = 100;

/**
 * Writes what a script of this module imports as `./air.js`: a shape and a type for each schema, an
 * effect for each kind that it may emit, and `declared`, which is what the module says it takes and
 * asks for. Codes: as `generateCodecs`.
 */
export function generateShapes(types: ModuleTypes): Result<string> {
  const compiled = compileSchemas(types.schemas);
  if (!compiled.ok) return compiled;
  const all = schemasOf(types);
  const missing = namesIn(types).find((name) => !all.has(name));
  if (missing !== undefined) {
    return refuse('schema-not-found', types.module.name, `found no schema ${missing}`);
  }
  return ok(new ShapeFile(types, all).text());
}

class ShapeFile {
  readonly #imports = new Set<string>();
  readonly #names: ReadonlyMap<string, string>;

  constructor(
    private readonly types: ModuleTypes,
    private readonly all: ReadonlyMap<string, TypeExpr>,
  ) {
    this.#names = nameTypes(inDependency(reached(types, all), all), Identifiers.ofTypes());
  }

  text(): string {
    const schemas = [...this.#names].map(([name, local]) => this.#schemaText(name, local));
    const effects = [...effectParams(this.types)].map((each) => this.#effectText(each));
    const parts = [...schemas, effects.join('\n'), this.#declaredText()];
    const imports = [...this.#imports].sort((a, b) => (plainName(a) < plainName(b) ? -1 : 1));
    return [
      `/** What ${this.types.module.name} is written against: made from AIR, not by hand. */`,
      `import ${listed(imports, ' from ')}'@aos/reducer-sdk/script';`,
      '',
      `${parts.filter((part) => part !== '').join('\n\n')}\n`,
    ].join('\n');
  }

  #schemaText(name: string, local: string): string {
    this.#imports.add('schema').add('type ValueOf');
    const start = `export const ${local} = schema(`;
    const shape = this.#shape(this.all.get(name) as TypeExpr);
    const line = `${start}'${name}', ${flat(shape)});`;
    const text =
      line.length <= COLUMNS ? line : `${start}\n  '${name}',\n  ${broken(shape, '  ', 1)},\n);`;
    return `${text}\nexport type ${local} = ValueOf<typeof ${local}>;`;
  }

  #effectText([kind, params]: readonly [string, string]): string {
    this.#imports.add('effect');
    return `export const ${effectName(kind)} = effect('${kind}', ${this.#names.get(params)});`;
  }

  #declaredText(): string {
    const { module } = this.types;
    const parts = module.module_kind === 'pure' ? module.abi.pure : module.abi.reducer;
    const named = (['state', 'event', 'annotations', 'input', 'output'] as const).flatMap(
      (part) => {
        const name = (parts as Readonly<Record<string, unknown>>)[part];
        return typeof name === 'string' ? [`${part}: ${this.#names.get(name)}`] : [];
      },
    );
    const kinds = [...effectParams(this.types).keys()].map(effectName);
    const effects = kinds.length === 0 ? [] : [`effects: [${kinds.join(', ')}]`];
    const list = listed([...named, ...effects]);
    return `/** What the module declares. */\nexport const declared = ${list};`;
  }

  #shape(type: TypeExpr): Shape {
    if ('ref' in type) return this.#names.get(type.ref) as string;
    const [word = ''] = Object.keys(type);
    this.#imports.add(word);
    if ('record' in type) return { word, fields: this.#fields(type.record) };
    if ('variant' in type) return { word, fields: this.#fields(type.variant) };
    if ('option' in type) return { word, items: [this.#shape(type.option)] };
    if ('list' in type) return { word, items: [this.#shape(type.list)] };
    if ('set' in type) return { word, items: [this.#shape(type.set)] };
    if (!('map' in type)) return word;
    return { word, items: [this.#shape(type.map.key), this.#shape(type.map.value)] };
  }

  #fields(fields: TypeFields) {
    return Object.entries(fields).map(([name, type]) => [name, this.#shape(type)] as const);
  }
}

/** A name, or a call of one. */
type Shape =
  | string
  | { readonly word: string; readonly items: readonly Shape[] }
  | { readonly word: string; readonly fields: readonly (readonly [string, Shape])[] };

function flat(shape: Shape): string {
  if (typeof shape === 'string') return shape;
  if ('items' in shape) return `${shape.word}(${shape.items.map(flat).join(', ')})`;
  const fields = shape.fields.map(([name, each]) => fieldText(name, flat(each)));
  return fields.length === 0 ? `${shape.word}({})` : `${shape.word}({ ${fields.join(', ')} })`;
}

/** On one line where it fits behind so many columns, with `more` to follow. */
function broken(shape: Shape, indent: string, more: number, before = indent.length): string {
  const line = flat(shape);
  if (typeof shape === 'string' || before + line.length + more <= COLUMNS) return line;
  const inner = `${indent}  `;
  if ('items' in shape) {
    const items = shape.items.map((item) => `${inner}${broken(item, inner, 1)},\n`);
    return `${shape.word}(\n${items.join('')}${indent})`;
  }
  const fields = shape.fields.map(([name, each]) => {
    const start = fieldText(name, '').length + inner.length;
    return `${inner}${fieldText(name, broken(each, inner, 1, start))},\n`;
  });
  return `${shape.word}({\n${fields.join('')}${indent}})`;
}

/** A field that is called like its shape is written once. */
function fieldText(name: string, shape: string): string {
  if (name === shape) return name;
  const isPlain = /^[A-Za-z_$][\w$]*$/.test(name);
  return `${isPlain ? name : `'${name.replace(/[\\']/g, '\\$&')}'`}: ${shape}`;
}

/** `{ a, b }`, broken where it is too long. */
function listed(names: readonly string[], more = ''): string {
  const line = `{ ${names.join(', ')} }${more}`;
  return line.length <= COLUMNS - 40 ? line : `{\n  ${names.join(',\n  ')},\n}${more}`;
}

const plainName = (name: string) => name.replace(/^type /, '').toLowerCase();

/** `timerSet` of `timer.set`. */
function effectName(kind: string): string {
  const name = toPascalCase(kind);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Each behind those that it refers to; otherwise by name. References end: they were checked. */
function inDependency(
  names: ReadonlySet<string>,
  all: ReadonlyMap<string, TypeExpr>,
): readonly string[] {
  const found = new Set<string>();
  const visit = (name: string) => {
    if (found.has(name)) return;
    for (const inner of referencesOf(all.get(name))) visit(inner);
    found.add(name);
  };
  for (const { name } of inOrder([...names].map((each) => ({ name: each })))) visit(name);
  return [...found];
}
