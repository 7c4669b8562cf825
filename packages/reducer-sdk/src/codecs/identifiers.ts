/**
 * Names in generated source. A name of the definition stays as it is where the language allows it;
 * otherwise it is bent until it is an identifier, and numbered until it is the only one.
 */

/** Words of the language, and members that classes have anyway. */
const RESERVED = new Set([
  ...['break', 'case', 'catch', 'class', 'const', 'continue', 'default', 'delete', 'do', 'else'],
  ...['enum', 'export', 'extends', 'false', 'finally', 'for', 'function', 'if', 'import', 'in'],
  ...['instanceof', 'new', 'null', 'return', 'super', 'switch', 'this', 'throw', 'true', 'try'],
  ...['typeof', 'var', 'void', 'while', 'with', 'yield', 'let', 'static', 'public', 'private'],
  ...['protected', 'package', 'interface', 'implements', 'await', 'async', 'of', 'get', 'set'],
  ...['type', 'readonly', 'abstract', 'as', 'constructor', 'prototype', 'name', 'length', 'wrap'],
  ...['__proto__', 'undefined', 'declare', 'namespace', 'module', 'keyof', 'is', 'from'],
]);

/** Types of the language and of the library that a schema may be called like. */
const RESERVED_TYPES = [
  ...['Array', 'ArrayBuffer', 'Boolean', 'DataView', 'Date', 'Error', 'Function', 'Infinity'],
  ...['Map', 'Math', 'NaN', 'Number', 'Object', 'Promise', 'Reflect', 'RegExp', 'Set', 'String'],
  ...['StaticArray', 'Symbol', 'Uint8Array', 'V128', 'WeakMap', 'JSON', 'Iterator', 'Some'],
  ...['Call', 'Context', 'OrderedItems', 'Reader', 'ReducerEnvelope', 'PureEnvelope', 'Step'],
  ...['VariantForm', 'Writer', 'make', 'once', 'I8', 'I16', 'I32', 'I64', 'Isize', 'U8', 'U16'],
  ...['U32', 'U64', 'Usize', 'Bool', 'F32', 'F64', 'Int8Array', 'Int16Array', 'Int32Array'],
  ...['Int64Array', 'Uint8ClampedArray', 'Uint16Array', 'Uint32Array', 'Uint64Array', 'Temporal'],
  ...['Float32Array', 'Float64Array', 'RangeError', 'TypeError', 'SyntaxError', 'ArrayBufferView'],
  ...['Input', 'Output', 'IteratorResult', 'ArrayLike', 'RegExpExecArray', 'Proxy', 'BigInt'],
];

/** Hands out identifiers of one scope, each once. */
export class Identifiers {
  private readonly taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.taken = new Set(taken);
  }

  static ofTypes(): Identifiers {
    return new Identifiers(RESERVED_TYPES);
  }

  isFree(name: string): boolean {
    return !this.taken.has(name);
  }

  /** The identifier closest to `name` that is still free. */
  take(name: string): string {
    const base = toIdentifier(name);
    let free = base;
    for (let i = 2; this.taken.has(free); i++) free = `${base}_${i}`;
    this.taken.add(free);
    return free;
  }
}

export function toIdentifier(name: string): string {
  const letters = name.replace(/[^A-Za-z0-9_]/g, '_');
  const started = /^[A-Za-z_]/.test(letters) ? letters : `_${letters}`;
  return RESERVED.has(started) ? `${started}_` : started;
}

/** `deliver_at`, `timer.set` and `deliver-at` in the way of types. */
export function toPascalCase(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

export interface SchemaName {
  readonly namespace: string;
  readonly local: string;
  readonly version: string;
}

export function splitSchemaName(name: string): SchemaName {
  const [path = '', version = ''] = name.split('@');
  const slash = path.lastIndexOf('/');
  return { namespace: path.slice(0, slash), local: path.slice(slash + 1), version };
}
